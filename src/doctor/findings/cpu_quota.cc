// A control group's quota stops the program when its share of a period is used up.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {

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
