// A control group's quota stops the program when its share of a period is used up.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

// Who was stopped is started again a little later than his group, and the group's clock tells of it in uneven
// pieces. So of the waiting beside the stops all that nobody else can have caused is the quota's, too: one
// waits for a processor while others have all of them.
Ns waited_beside(Seen evidence, const Ledger& ledger) {
  Ns others = processor_time(evidence) - held(ledger, kEverywhere, kSpent) + ledger.of(Column::lock);
  others = std::max<Ns>(0, others);
  for (const Rival& rival : evidence.host.rivals) others += rival.cpu;
  const std::int64_t processors = std::max<std::int64_t>(1, evidence.machine.allowed);
  return std::max<Ns>(0, ledger.of(Column::queued) - others / processors);
}

}  // namespace

std::optional<Finding> cpu_quota(Seen evidence, const Ledger& ledger) {
  const Ns stopped = ledger.of(Column::throttled);
  const auto group = std::ranges::max_element(evidence.cgroups, {}, &Cgroup::throttled);
  if (group == evidence.cgroups.end() || group->throttled == 0 || !at_least(stopped, 0.01, ledger)) return {};
  Finding finding;
  finding.id = "cpu-quota";
  finding.title = text("a CPU quota of {:.2g} processors stops the program", group->quota_cpus);
  finding.facts = {text("stopped in {} of {} periods (cpu.stat of {})", group->throttled_periods,
                        group->periods, group->path),
                   text("the critical thread stood still for {}", seconds_text(seconds(stopped)))};
  finding.gain = identity(stopped, 0.2);
  claim(finding, ledger, kEverywhere, {Column::throttled});
  join_claim(finding, identity(waited_beside(evidence, ledger), 0.5), ledger, kEverywhere, {Column::queued});
  finding.effort = Effort::setting;
  const int threads = std::max(1, static_cast<int>(std::ceil(group->quota_cpus)));
  finding.remedy = "raise the quota, or run no more threads than it pays for";
  finding.change = text(
      "kubectl: resources.limits.cpu; docker run --cpus N; or OMP_NUM_THREADS={0} "
      "TF_NUM_INTRAOP_THREADS={0}",
      threads);
  finding.confidence = 0.95;
  return finding;
}

}  // namespace vivace::doctor
