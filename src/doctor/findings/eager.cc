// TensorFlow operation by operation, where a graph would do.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"
#include "doctor/predict/measured.h"

namespace vivace::doctor {
namespace {

// Building a graph runs the same Python once more, and then some: 5.6 to 7 times a call where it was
// measured.
constexpr double kTraces = 7;
constexpr Ns kMs = 1'000'000;

// By what the model's own work takes, which was measured: a graph adds its dispatch to that.
Gain as_graph(const Measured& there, Ns call, std::int64_t count) {
  const auto saved = [&](Ns graph) {
    return std::max<Ns>(0, (call - graph) * count - part_of(call, kTraces));
  };
  return {saved(part_of(there.call, 1.5) + part_of(kMs, 0.8)), saved(4 * there.call + 2 * kMs),
          saved(there.call + part_of(kMs, 0.2)), "measured: the model's own work, and a graph's dispatch",
          How::measured};
}

}  // namespace

std::optional<Finding> eager(Seen evidence, const Ledger& ledger) {
  const Calls* most = nullptr;
  Ns total = 0;
  std::int64_t count = 0;
  for (const Calls& calls : evidence.python.calls) {
    if (!calls.eager || calls.outer == 0) continue;
    total += calls.outer_total - (calls.outer > 1 ? calls.first : 0);
    count += calls.outer;
    if (!most || calls.outer_total > most->outer_total) most = &calls;
  }
  if (!most || (most->kind == "model" && count < 2) || !at_least(total, 0.02, ledger)) return {};
  bool globally = false;
  for (const Variable& setting : evidence.python.settings)
    globally |= setting.name == "functions_run_eagerly" && setting.value == "True";
  const bool direct = most->kind == "model";
  Finding finding;
  finding.id = "eager";
  finding.title = direct ? text("model(x) runs operation by operation {} times", count)
                         : text("{}() runs operation by operation (run_eagerly)", most->kind);
  finding.place = place_of(most->file, most->line);
  finding.facts = {text("{} a call on {}",
                        seconds_text(seconds(most->total) / static_cast<double>(most->count)), most->shape)};
  if (globally) finding.facts.push_back("tf.config.run_functions_eagerly(True) is in force");
  // Of the small and large networks measured, a graph took an eighth to a twelfth of the time; where the
  // kernels themselves are long, less is saved.
  const Ns call = total / std::max<std::int64_t>(1, count - (most->outer > 1 ? 1 : 0));
  const auto there = direct ? measured(evidence, *most) : std::nullopt;
  if (there && there->call < call) {
    finding.gain = as_graph(*there, call, count);
    finding.facts.push_back(
        text("the model's own work takes {} (in vivace, measured)", seconds_text(seconds(there->call))));
  } else {
    finding.gain = amdahl(total, direct ? 7 : 4, direct ? 1.8 : 1.5, 14);
    finding.gain.model = "Amdahl with factors measured on like networks";
    const Ns traces = direct ? part_of(call, kTraces) : 0;
    for (Ns* const amount : {&finding.gain.saved, &finding.gain.least, &finding.gain.most})
      *amount = std::max<Ns>(0, *amount - traces);
  }
  if (direct) finding.calls = count, finding.call = call;
  claim_wall(finding, ledger, kCalling, kSpent);
  finding.remedy = direct ? "compile the call once, and call that" : "take run_eagerly out";
  finding.change = globally ? "tf.config.run_functions_eagerly(False)"
                   : direct ? "infer = tf.function(model); infer(x)"
                            : "model.compile(..., run_eagerly=False)";
  finding.confidence = 0.85;
  return finding;
}

}  // namespace vivace::doctor
