#include "doctor/arbiter/diagnosis.h"

#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"

namespace vivace::doctor {
namespace {

constexpr double kWorthNaming = 0.02;   // of the wall
constexpr double kHealthyBelow = 0.05;  // of the wall, for the largest
constexpr Ns kShortest = 50'000'000;    // less is noise
constexpr double kAnotherRun = 0.1;     // what is left takes so much more or less when it runs again

// What is left of each cell for those who claim after others.
class Budget {
 public:
  explicit Budget(const Ledger& ledger) : left_(ledger.cells) {}

  /// Cuts a finding down to what its cells still hold. One that others have left next to nothing of is
  /// another name for what they found: false, and nothing is taken.
  bool cut(Finding& finding) {
    const auto before = left_;
    const Ns asked = finding.gain.saved;
    take(finding);
    if (finding.gain.saved >= asked / 4) return true;
    left_ = before;
    return false;
  }

 private:
  void take(Finding& finding) {
    Ns granted = 0;
    for (Claim& claim : finding.claims) {
      Ns& left = left_[at(claim.phase)][at(claim.column)];
      claim.amount = std::clamp<Ns>(claim.amount, 0, left);
      left -= claim.amount;
      granted += claim.amount;
    }
    Gain& gain = finding.gain;
    if (gain.saved <= 0 || granted >= gain.saved) return;
    const double share = static_cast<double>(granted) / static_cast<double>(gain.saved);
    gain.least = part_of(gain.least, share);
    gain.most = std::max(granted, part_of(gain.most, share));
    gain.saved = granted;
  }

  std::array<std::array<Ns, kColumns>, kPhases> left_;
};

void rank(std::vector<Cause>& causes, const Ledger& ledger) {
  std::ranges::stable_sort(causes, std::ranges::greater(), [](const Cause& cause) {
    return static_cast<double>(cause.finding.gain.saved) * cause.finding.confidence;
  });
  std::vector<const Finding*> taken;
  for (Cause& cause : causes) {
    const Finding* const alone[] = {&cause.finding};
    cause.left = ledger_after(ledger, alone);
    cause.range = {part_of(wall_after(ledger, alone, Amount::most), 1 - kAnotherRun),
                   std::min(ledger.wall, part_of(wall_after(ledger, alone, Amount::least), 1 + kAnotherRun))};
    taken.push_back(&cause.finding);
    cause.cumulative = wall_after(ledger, taken);
    cause.orders = over_orders(ledger, taken);
  }
}

// The usual suspects, and the figure that clears each.
std::vector<std::string> excluded(const Evidence& evidence, const Diagnosis& diagnosis) {
  const Ledger& ledger = diagnosis.ledger;
  const auto named = [&](std::string_view id) {
    const auto is = [&](const Cause& cause) { return cause.finding.id == id; };
    return std::ranges::any_of(diagnosis.causes, is) || std::ranges::any_of(diagnosis.startup, is);
  };
  std::vector<std::string> list;
  const auto add = [&](std::string_view id, Column column, std::string_view name, std::string_view figure) {
    if (!named(id) && !at_least(ledger.of(column), 0.03, ledger))
      list.push_back(text("{} ({} {})", name, seconds_text(seconds(ledger.of(column))), figure));
  };
  if (!named("low-priority") && !named("too-many-threads") && !named("affinity"))
    add("background-load", Column::queued, "background load", "waiting for a processor");
  add("cpu-quota", Column::throttled, "a CPU quota", "stopped");
  std::int64_t faults = 0;
  for (const Process& process : evidence.processes) faults += process.major_faults;
  if (!named("swap") && ledger.of(Column::swap) == 0)
    list.push_back(text("memory ({} major faults)", faults));
  add("cold-disk", Column::io, "the disk", "waiting");
  return list;
}

}  // namespace

const Cause* Diagnosis::first() const {
  if (!causes.empty()) {
    // A loss in the work that is small beside the start-up of a short program is not what made it slow.
    const Ns saved = causes[0].finding.gain.saved;
    const bool beside = !startup.empty() && saved < startup[0].finding.gain.saved / 4;
    const bool small = !at_least(saved, 0.05, ledger) || (beside && !at_least(saved, 0.1, ledger));
    if (!small || startup.empty()) return &causes[0];
  }
  return startup.empty() ? nullptr : &startup[0];
}

Diagnosis diagnose(const Evidence& evidence) {
  Diagnosis diagnosis;
  diagnosis.ledger = make_ledger(evidence);
  const Ledger& ledger = diagnosis.ledger;
  Budget budget(ledger);
  for (const Rule rule : all_rules()) {
    auto finding = rule(evidence, ledger);
    if (!finding) continue;
    if (finding->fault) {
      diagnosis.faults.push_back(*std::move(finding));
      continue;
    }
    if (!budget.cut(*finding)) continue;
    if (finding->gain.saved < kShortest || !at_least(finding->gain.saved, kWorthNaming, ledger)) continue;
    (finding->startup ? diagnosis.startup : diagnosis.causes).emplace_back().finding = *std::move(finding);
  }
  rank(diagnosis.causes, ledger);
  rank(diagnosis.startup, ledger);
  const Cause* const first = diagnosis.first();
  diagnosis.healthy =
      diagnosis.faults.empty() && (!first || !at_least(first->finding.gain.saved, kHealthyBelow, ledger));
  diagnosis.excluded = excluded(evidence, diagnosis);
  return diagnosis;
}

}  // namespace vivace::doctor
