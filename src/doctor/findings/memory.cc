// Memory that is not there: swapping, and first touches without end.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

// What the kernel took at most for what it counts: calls that read and write, at 5 us and a GB a second, and
// switches.
Ns counted_calls(Seen evidence) {
  constexpr Ns kCall = 5'000;
  Ns all = 0;
  for (const Process& process : evidence.processes)
    all += kCall * (process.reads + process.writes + process.yielded + process.preempted) +
           process.read_chars + process.written_chars;
  return all;
}

}  // namespace

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
  const Ns touched = held(ledger, kWorking, {Column::faults}),
           kernel = held(ledger, kWorking, {Column::system});
  std::int64_t faults = 0, needed = 0;
  for (const Process& process : evidence.processes) {
    faults += process.minor_faults;
    needed += process.peak_memory / 4096;
  }
  // What was in memory at once has to be touched once; the rest was touched before.
  const double again =
      faults <= 0 ? 0 : 1 - static_cast<double>(std::min(needed, faults)) / static_cast<double>(faults);
  const Ns spent = part_of(touched, again);
  if (!at_least(spent, 0.08, ledger)) return {};
  Finding finding;
  finding.id = "allocation";
  finding.title = "memory is given back and touched anew again and again";
  finding.facts = {text("{} page faults of about {} each, for {} pages in memory at most", faults,
                        seconds_text(seconds(evidence.machine.page_fault)), needed)};
  finding.gain = identity(spent, 0.3);
  claim(finding, ledger, kWorking, {Column::faults});
  // A page that is taken is given back, too: of the kernel's other time the same share, or what no call that
  // is counted explains; or all or none of it.
  const double share = seconds(spent) / seconds(touched + kernel);
  const Ns unexplained = part_of(std::max<Ns>(0, kernel - counted_calls(evidence)), again);
  join_claim(finding, {std::max(part_of(kernel, share), unexplained), 0, kernel, "", How::identity}, ledger,
             kWorking, {Column::system});
  finding.effort = Effort::setting;
  finding.remedy = "reuse buffers (out=...), or let malloc keep what it has";
  finding.change =
      "MALLOC_TRIM_THRESHOLD_=1000000000 MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TOP_PAD_=67108864";
  finding.confidence = 0.6;
  return finding;
}

}  // namespace vivace::doctor
