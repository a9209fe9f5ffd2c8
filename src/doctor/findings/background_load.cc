// Other programs take the processors; and a program that lets them, by its priority.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

Ns rival_time(Seen evidence) {
  Ns all = 0;
  for (const Rival& rival : evidence.host.rivals) all += rival.cpu;
  return all;
}

// Threads of other programs that computed for a good part of the run.
double busy_rivals(Seen evidence, const Ledger& ledger) {
  constexpr double kGoodPart = 0.25;
  double all = 0;
  for (const Rival& rival : evidence.host.rivals)
    if (const double used = seconds(rival.cpu) / std::max(1e-9, seconds(ledger.wall)); used >= kGoodPart)
      all += std::ceil(used - 0.1);
  return all;
}

// What a thread waits beside so many others of its own priority: the processors are shared alike.
Ns fair_wait(Seen evidence, const Ledger& ledger, double rivals) {
  const auto processors = static_cast<double>(
      std::max<std::int64_t>(1, std::max(evidence.machine.allowed, evidence.machine.logical)));
  const Ns computed = held(ledger, kEverywhere, kSpent) - ledger.of(Column::lock);
  return part_of(computed, std::max(0.0, (rivals + 1) / processors - 1));
}

}  // namespace

std::optional<Finding> low_priority(Seen evidence, const Ledger& ledger) {
  if (evidence.processes.empty()) return {};
  const Process& program = evidence.processes.front();
  constexpr std::int64_t kIdlePolicy = 5;
  const bool idle = program.policy == kIdlePolicy;
  if (program.nice < 5 && !idle) return {};
  const Ns waited = part_of(ledger.of(Column::queued), share_of_rivals(evidence, ledger));
  if (!at_least(waited, 0.02, ledger)) return {};
  Finding finding;
  finding.id = "low-priority";
  finding.title = idle ? "it runs only when nobody else does (SCHED_IDLE)"
                       : text("it runs at nice {}: others come first", program.nice);
  finding.facts = {
      text("waited {} for a processor (schedstat)", seconds_text(seconds(ledger.of(Column::queued)))),
      text("{} used {} meanwhile", evidence.host.rivals.empty() ? "others" : evidence.host.rivals[0].name,
           seconds_text(seconds(rival_time(evidence))))};
  // With the usual priority it still waits for its turn.
  const double rivals = busy_rivals(evidence, ledger);
  const auto saved = [&](double others) {
    return waited - std::min(waited, fair_wait(evidence, ledger, others));
  };
  finding.gain = {saved(rivals), saved(1.5 * rivals + 1), waited,
                  "the share of one among as many as ran beside it", How::identity};
  claim(finding, ledger, kEverywhere, {Column::queued});
  finding.effort = Effort::setting;
  finding.remedy = "start it with the usual priority";
  finding.change = "without nice, chrt --idle or CPUSchedulingPolicy=idle";
  return finding;
}

std::optional<Finding> background_load(Seen evidence, const Ledger& ledger) {
  const double share = share_of_rivals(evidence, ledger);
  const Ns waited = part_of(ledger.of(Column::queued), share);
  if (share == 0 || !at_least(waited, 0.02, ledger)) return {};
  Finding finding;
  finding.id = "background-load";
  std::string names;
  for (std::size_t i = 0; i < evidence.host.rivals.size() && i < 3; ++i) {
    const Rival& rival = evidence.host.rivals[i];
    names +=
        text("{}{} ({}, {})", i == 0 ? "" : ", ", rival.name, rival.pid, seconds_text(seconds(rival.cpu)));
  }
  finding.title = "other programs take the processors";
  finding.facts = {text("waited {} for a processor (schedstat)", seconds_text(seconds(waited))), names};
  finding.gain = identity(waited, 0.25);
  claim(finding, ledger, kEverywhere, {Column::queued});
  finding.effort = Effort::machine;
  finding.remedy = "stop them, or give them a low priority or other processors";
  finding.change = text("renice 19 -p {}", evidence.host.rivals[0].pid);
  finding.confidence = 0.9;
  return finding;
}

}  // namespace vivace::doctor
