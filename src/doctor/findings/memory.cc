// Memory that is not there: swapping, and first touches without end.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {

std::optional<Finding> swapping(Seen evidence, const Ledger& ledger) {
  const Ns waited = ledger.of(Column::swap);
  if (!at_least(waited, 0.02, ledger)) return {};
  std::int64_t faults = 0, swapped = 0, limit = 0, hits = 0;
  for (const Process& process : evidence.processes) {
    faults += process.major_faults;
    swapped = std::max(swapped, process.peak_swap);
  }
  for (const Cgroup& group : evidence.cgroups)
    if (group.limit_hits > hits) hits = group.limit_hits, limit = group.memory_limit;
  Finding finding;
  finding.id = "swap";
  finding.title = "the program's memory does not fit: it is swapped out and in";
  finding.facts = {text("{} major faults, {} of it swapped out (VmSwap)", faults,
                        bytes_text(static_cast<double>(swapped)))};
  if (hits > 0)
    finding.facts.push_back(
        text("ran {} times into the limit of {}", hits, bytes_text(static_cast<double>(limit))));
  finding.gain = identity(waited, 0.3);
  claim(finding, ledger, kEverywhere, {Column::swap});
  finding.effort = Effort::machine;
  finding.remedy = "use less memory (smaller batches, one model, float16 or int8 weights), or give it more";
  finding.change =
      hits > 0 ? "raise memory.max (docker run --memory, resources.limits.memory)" : "free -h; swapon --show";
  finding.confidence = 0.9;
  return finding;
}

std::optional<Finding> allocation(Seen evidence, const Ledger& ledger) {
  const Ns spent = held(ledger, kWorking, {Column::faults});
  if (!at_least(spent, 0.08, ledger)) return {};
  std::int64_t faults = 0;
  for (const Process& process : evidence.processes) faults += process.minor_faults;
  Finding finding;
  finding.id = "allocation";
  finding.title = "memory is given back and touched anew again and again";
  finding.facts = {
      text("{} page faults of about {} each", faults, seconds_text(seconds(evidence.machine.page_fault)))};
  finding.gain = identity(part_of(spent, 0.8), 0.4);
  claim(finding, ledger, kWorking, {Column::faults});
  finding.effort = Effort::setting;
  finding.remedy = "reuse buffers (out=...), or let malloc keep what it has";
  finding.change =
      "MALLOC_TRIM_THRESHOLD_=1000000000 MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TOP_PAD_=67108864";
  finding.confidence = 0.6;
  return finding;
}

}  // namespace vivace::doctor
