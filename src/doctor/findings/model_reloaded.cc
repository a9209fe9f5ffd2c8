// A model that is loaded again for each request, with all that its first call costs.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {

std::optional<Finding> model_reloaded(Seen evidence, const Ledger& ledger) {
  constexpr std::int64_t kRepeated = 3;
  const Calls* found = nullptr;
  for (const Calls& calls : evidence.python.calls)
    if (calls.kind == "load" && !calls.object.empty() && (!found || calls.count > found->count))
      found = &calls;
  if (!found || found->count < kRepeated) return {};
  const Ns again = found->total - found->first;
  const Ns firsts = ledger.of(Phase::first);
  const double share = 1 - 1 / static_cast<double>(found->count);
  const Ns spent = again + part_of(firsts, share);
  if (!at_least(spent, 0.02, ledger)) return {};
  Finding finding;
  finding.id = "model-reloaded";
  finding.title = text("the model is loaded {} times", found->count);
  finding.place = place_of(found->file, found->line);
  finding.facts = {
      text("{} a load of {}", seconds_text(seconds(found->total) / static_cast<double>(found->count)),
           found->object),
      text("first calls, which build its graph anew: {}", seconds_text(seconds(firsts)))};
  finding.gain = identity(spent, 0.15);
  claim_wall(finding, ledger, {Phase::load, Phase::first}, kSpent);
  finding.remedy = "load it once, outside the function that answers requests";
  finding.change = "model = load_model(PATH)  # at module level; def handle(x): return model(x)";
  finding.confidence = 0.95;
  return finding;
}

}  // namespace vivace::doctor
