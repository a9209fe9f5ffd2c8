// One sample a call, in a loop: what is the same for each call is paid for each sample.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"
#include "doctor/predict/measured.h"

namespace vivace::doctor {

std::optional<Finding> small_batch(Seen evidence, const Ledger& ledger) {
  constexpr std::int64_t kOften = 50;
  const Calls* most = nullptr;
  for (const Calls& calls : evidence.python.calls) {
    const bool runs = calls.kind == "session.run" || calls.kind == "function" ||
                      calls.kind == "predict_on_batch" || calls.kind == "model";
    if (runs && calls.batch == 1 && calls.outer >= kOften && (!most || calls.outer_total > most->outer_total))
      most = &calls;
  }
  if (!most || !at_least(most->outer_total, 0.05, ledger)) return {};
  const Ns call = most->outer_total / most->outer;
  // Where the time of a call is that of its kernels, a batch saves little: a fifth of a millisecond is
  // overhead.
  const double overhead = std::min(0.8, 0.0002 / seconds(std::max<Ns>(call, 1)) + 0.1);
  Finding finding;
  finding.confidence = 0.4;
  finding.id = "batch-of-one";
  finding.title = text("{} samples go through the model one by one", most->outer);
  finding.place = place_of(most->file, most->line);
  finding.facts = {text("{} calls of {} on {}, {} each", most->outer, most->kind, most->shape,
                        seconds_text(seconds(call)))};
  finding.gain = {
      part_of(most->outer_total, overhead), 0, part_of(most->outer_total, std::min(0.95, 3 * overhead)),
      "batch law with a usual overhead a call; measure two batch sizes to know it", How::modelled};
  if (const auto there = measured(evidence, *most); there && there->row < call) {
    const Steady calls = steady(*most);
    const auto saved = [&](Ns row) { return std::max<Ns>(0, (calls.call() - row) * calls.count); };
    finding.gain = {saved(2 * there->row), saved(6 * there->row), saved(there->row),
                    "measured: a row among 64 in vivace", How::measured};
    finding.facts.push_back(
        text("a row among many takes {} (in vivace, measured)", seconds_text(seconds(there->row))));
    finding.confidence = 0.6;
  }
  finding.calls = most->outer, finding.call = call;
  claim_wall(finding, ledger, kCalling, kSpent);
  finding.remedy =
      "where samples are at hand together, give them together (throughput; not where each must be "
      "answered at once)";
  finding.change = "outputs = model(np.stack(samples))";
  return finding;
}

std::optional<Finding> double_input(Seen evidence, const Ledger& ledger) {
  const Calls* most = nullptr;
  for (const Calls& calls : evidence.python.calls)
    if (calls.dtype == "float64" && calls.kind != "function" &&
        (!most || calls.outer_total > most->outer_total))
      most = &calls;
  if (!most || !at_least(most->outer_total, 0.1, ledger)) return {};
  Finding finding;
  finding.id = "float64-input";
  finding.title = "its inputs are float64: twice the bytes, and a conversion in every call";
  finding.place = place_of(most->file, most->line);
  finding.facts = {text("{} calls on {} float64", most->outer, most->shape)};
  finding.gain = {part_of(most->outer_total, 0.08), 0, part_of(most->outer_total, 0.4), "bytes: half of them",
                  How::modelled};
  claim_wall(finding, ledger, kCalling, kSpent);
  finding.remedy = "convert once, where the data is made";
  finding.change = "x = x.astype(\"float32\")";
  finding.confidence = 0.5;
  return finding;
}

}  // namespace vivace::doctor
