// What is left of a call's time once nothing of the caller's is wrong: the framework around the model, and
// the model itself.
#include <algorithm>

#include "base/text.h"
#include "doctor/advice/advice.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"
#include "doctor/predict/measured.h"

namespace vivace::doctor {
namespace {

constexpr double kFasterBy = 1.3, kOwnShare = 0.3;

std::string here_and_there(const Measured& there, Ns call) {
  return text("a call takes {} here, and {} in vivace ({} to {}, {} thread{})", seconds_text(seconds(call)),
              seconds_text(seconds(there.call)), seconds_text(seconds(there.least)),
              seconds_text(seconds(there.most)), there.study->threads, there.study->threads == 1 ? "" : "s");
}

}  // namespace

std::optional<Finding> model_cost(Seen evidence, const Ledger& ledger) {
  const Calls* most = nullptr;
  std::optional<Measured> there;
  for (const Calls& calls : evidence.python.calls) {
    if (calls.outer < 2 || (most && calls.outer_total <= most->outer_total)) continue;
    if (auto found = measured(evidence, calls)) most = &calls, there = found;
  }
  if (!most) return {};
  const Steady calls = steady(*most);
  if (!at_least(calls.total, 0.1, ledger) || there->call <= 0) return {};
  const double share = seconds(there->call) / seconds(calls.call());
  const bool own = share >= kOwnShare;
  Finding finding;
  finding.id = own ? "model-cost" : "framework-overhead";
  finding.place = place_of(most->file, most->line);
  finding.facts = {here_and_there(*there, calls.call())};
  const auto saved = [&](Ns call) { return std::max<Ns>(0, calls.total - call * calls.count); };
  if (share * kFasterBy < 1) {
    finding.gain = {saved(there->call), saved(there->most + there->most / 10), saved(there->least),
                    "measured: the same model and shape in vivace", How::measured};
    finding.change =
        text("vivace predict {} INPUT, or vivace::Model::open(...)", base_name(there->study->path));
  } else {
    // The framework does what can be done with these numbers: fewer bits, or less of a model.
    const Bound bound = int8_bound(*there->study);
    if (bound.factor < kFasterBy) return {};
    finding.gain = {saved(part_of(calls.call(), (1 + 1 / bound.factor) / 2)), 0,
                    saved(part_of(calls.call(), 1 / bound.factor)), text("roofline: {} at most", bound.words),
                    How::modelled};
    finding.change = "tf.lite.TFLiteConverter, optimizations=[tf.lite.Optimize.DEFAULT]";
  }
  if (own) {
    finding.title = text("the model itself takes the time: {}", size_words(*there->study));
    for (std::string& words : weighty_layers(*there->study)) finding.facts.push_back(std::move(words));
    finding.remedy = "a smaller input or network, int8, or an engine that is faster";
    finding.effort = Effort::redesign;
  } else {
    finding.title = text("of a call, {:.0f} % is not the model's own work", 100 * (1 - share));
    finding.remedy = "call its graph directly and with more rows, or open the file with vivace";
  }
  finding.calls = calls.count, finding.call = calls.call();
  claim_wall(finding, ledger, {Phase::call}, kSpent);
  finding.confidence = 0.6;
  return finding;
}

}  // namespace vivace::doctor
