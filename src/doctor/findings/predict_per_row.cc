// predict() for one row: its machinery is made for thousands.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"
#include "doctor/predict/measured.h"

namespace vivace::doctor {
namespace {

constexpr std::int64_t kFewRows = 4, kOften = 8;

// What a call of its graph alone takes: calls of functions from the same line, inside others.
Ns graph_time(Seen evidence, const Calls& predict) {
  for (const Calls& calls : evidence.python.calls)
    if (calls.kind == "function" && calls.outer == 0 && calls.file == predict.file &&
        calls.line == predict.line && calls.count > 1)
      return (calls.total - calls.most) / (calls.count - 1);
  return 0;
}

// All rows in one call: each costs what it costs among many, and its share of a batch of 32.
Gain joined(std::int64_t n, Ns call, Ns row) {
  constexpr Ns kStep = 40'000;  // of each batch's own cost, a row's share
  const auto saved = [&](Ns each) { return std::max<Ns>(0, (n - 1) * call - n * each); };
  return {saved(part_of(row, 1.5) + kStep), saved(4 * row + 5 * kStep), saved(row),
          "measured: a row among many in vivace, and Keras's batches", How::measured};
}

}  // namespace

std::optional<Finding> predict_per_row(Seen evidence, const Ledger& ledger) {
  const Calls* most = nullptr;
  for (const Calls& calls : evidence.python.calls)
    if (calls.kind == "predict" && calls.batch >= 0 && calls.batch <= kFewRows && calls.outer >= kOften &&
        !calls.eager && (!most || calls.outer_total > most->outer_total))
      most = &calls;
  if (!most) return {};
  const std::int64_t n = most->outer - 1;  // the first one is a first call
  const Ns call = (most->outer_total - most->first) / std::max<std::int64_t>(1, n);
  if (!at_least(call * n, 0.02, ledger)) return {};
  const Ns graph = graph_time(evidence, *most);
  // A graph of a millisecond is overhead nearly all; one of a hundred computes, and a batch saves little
  // there.
  const double shrink = graph == 0 ? 0.2 : seconds(graph) / (seconds(graph) + 0.02) * 0.7 + 0.02;
  Finding finding;
  finding.id = "predict-per-row";
  finding.title = most->batch == 1 ? "predict() is called for every single row"
                                   : text("predict() is called for {} rows at a time", most->batch);
  finding.place = place_of(most->file, most->line);
  finding.facts = {text("{} calls on {}, {} each", most->outer, most->shape, seconds_text(seconds(call)))};
  if (graph > 0) finding.facts.push_back(text("of which its graph takes {}", seconds_text(seconds(graph))));
  if (const auto there = measured(evidence, *most)) {
    finding.facts.push_back(
        text("the model's own work takes {} (in vivace, measured)", seconds_text(seconds(there->call))));
    finding.gain = joined(n, call, there->row * std::max<std::int64_t>(1, most->batch));
  } else {
    finding.gain = batch_law(n, call, graph > 0 ? graph : call / 4, shrink);
  }
  finding.calls = n, finding.call = call;
  claim_wall(finding, ledger, kCalling, kSpent);
  finding.remedy =
      "one predict() for all rows; or, where rows come one by one, call the model's graph directly";
  finding.change = "model.predict(np.stack(rows)); or infer = tf.function(model); infer(row)";
  finding.confidence = 0.95;
  return finding;
}

}  // namespace vivace::doctor
