// What happens once: building graphs at the first call, and reading the model.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {

std::optional<Finding> first_call(Seen evidence, const Ledger& ledger) {
  const Ns spent = ledger.of(Phase::first);
  if (!at_least(spent, 0.05, ledger)) return {};
  const Calls* slowest = nullptr;
  std::int64_t later = 0;
  Ns later_total = 0;
  for (const Calls& calls : evidence.python.calls) {
    if (calls.outer == 0 || calls.kind == "load") continue;
    if (!slowest || calls.first > slowest->first) slowest = &calls;
    later += calls.outer - 1;
    later_total += calls.outer_total - calls.first;
  }
  if (!slowest) return {};
  Finding finding;
  finding.id = "first-call";
  finding.title =
      text("the first {} takes {}: it builds the graph",
           slowest->kind == "model" ? "model(x)" : slowest->kind, seconds_text(seconds(slowest->first)));
  finding.place = place_of(slowest->file, slowest->line);
  if (later > 0)
    finding.facts = {
        text("later calls take {} each", seconds_text(seconds(later_total) / static_cast<double>(later)))};
  else
    finding.facts = {"there is no later call: a time taken of this one says little about the next"};
  finding.gain = identity(part_of(spent, 0.8), 0.3);
  claim_wall(finding, ledger, {Phase::first}, kSpent);
  finding.remedy = "call it once before the first request, and leave that call out of every measurement";
  finding.change = "model.predict(x[:1])  # warm-up";
  finding.startup = true;
  finding.confidence = 0.9;
  return finding;
}

std::optional<Finding> model_loading(Seen evidence, const Ledger& ledger) {
  const Ns spent = held(ledger, {Phase::load}, kSpent);
  if (!at_least(spent, 0.05, ledger)) return {};
  const Calls* slowest = nullptr;
  for (const Calls& calls : evidence.python.calls)
    if (calls.kind == "load" && (!slowest || calls.total > slowest->total)) slowest = &calls;
  if (!slowest) return {};
  Finding finding;
  finding.id = "model-loading";
  finding.title = text("loading the model takes {}", seconds_text(seconds(spent)));
  finding.place = place_of(slowest->file, slowest->line);
  finding.facts = {slowest->object};
  for (const ModelFile& file : evidence.python.files)
    if (file.path.ends_with(slowest->object) && file.bytes > 0)
      finding.facts.push_back(bytes_text(static_cast<double>(file.bytes)));
  finding.gain = identity(part_of(spent, 0.9), 0.5);
  finding.gain.model = "vivace opens such files in milliseconds", finding.gain.how = How::modelled;
  for (const ModelStudy& study : evidence.models)
    if (study.path.ends_with(slowest->object) && study.open > 0 && study.open < spent &&
        slowest->count == 1) {
      finding.facts.push_back(text("vivace opens it in {} (measured)", seconds_text(seconds(study.open))));
      finding.gain = {spent - study.open, spent - 3 * study.open, spent,
                      "measured: the same file opened in vivace", How::measured};
    }
  claim(finding, ledger, {Phase::load}, kSpent);
  finding.effort = Effort::redesign;
  finding.remedy = "keep the process alive, load without the training state, or open the file with vivace";
  finding.change = "load_model(PATH, compile=False); or vivace predict PATH INPUT";
  finding.startup = true;
  finding.confidence = 0.8;
  return finding;
}

}  // namespace vivace::doctor
