// A compiled function whose graph is built again and again.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {

std::optional<Finding> retracing(Seen evidence, const Ledger& ledger) {
  constexpr std::int64_t kOften = 4;
  const Function* worst = nullptr;
  for (const Function& function : evidence.python.functions)
    if (function.traces >= kOften && (!worst || function.trace > worst->trace)) worst = &function;
  if (!worst) return {};
  std::int64_t loads = 0;
  const Calls* caller = nullptr;
  for (const Calls& calls : evidence.python.calls) {
    if (calls.kind == "load") loads = std::max(loads, calls.count);
    if (calls.kind == "function" && calls.object == worst->name && (!caller || calls.total > caller->total))
      caller = &calls;
  }
  // A new model each time has new functions: that is another cause.
  if (loads >= worst->traces / 2 && loads > 2) return {};
  const Ns again = worst->trace - worst->trace / worst->traces;
  if (!at_least(again, 0.02, ledger)) return {};
  const bool anew = worst->objects * 2 > worst->traces;
  Finding finding;
  finding.id = "retracing";
  finding.title = text("the graph of {}() is built {} times", worst->name, worst->traces);
  finding.place = caller ? place_of(caller->file, caller->line) : place_of(worst->file, worst->line);
  finding.facts = {text("{} traces in {} calls", worst->traces, worst->calls),
                   text("{} each", seconds_text(seconds(worst->trace) / static_cast<double>(worst->traces)))};
  if (anew)
    finding.facts.push_back(text("{} function objects were made", worst->objects));
  else if (caller && caller->dtype.empty() && !caller->shape.empty())
    finding.facts.push_back(text("its argument is a Python {}", caller->shape));
  finding.gain = identity(again, 0.15);
  claim_wall(finding, ledger, kCalling, kSpent);
  finding.remedy =
      anew ? "make the tf.function once, outside the loop"
           : "give it tensors of one shape and type: Python numbers and new shapes each make a new graph";
  finding.change = anew ? "@tf.function at module level"
                        : "@tf.function(reduce_retracing=True), f(tf.constant(x)), or input_signature=[...]";
  finding.confidence = 0.95;
  return finding;
}

}  // namespace vivace::doctor
