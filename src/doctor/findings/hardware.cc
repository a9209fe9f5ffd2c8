// A processor that slows itself down, and memory on the wrong node. Neither can be brought about here: the
// rules are held against evidence that was written by hand.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {

std::optional<Finding> heat(Seen evidence, const Ledger& ledger) {
  const MachineFacts& machine = evidence.machine;
  const bool clocked = machine.clock > 0 && machine.most_clock > machine.clock;
  const double share =
      clocked ? 1 - static_cast<double>(machine.clock) / static_cast<double>(machine.most_clock) : 0;
  // A clock below its best is told as heat only where the processor says so; a low one otherwise is a
  // setting.
  const bool hot = machine.heat_events > 0;
  constexpr double kLow = 0.35;
  if (!hot && share < kLow) return {};
  const Ns computed = held(ledger, kEverywhere, {Column::native, Column::python, Column::linker});
  const Ns lost = part_of(computed, clocked ? share : 0.15);
  if (!at_least(lost, 0.05, ledger)) return {};
  Finding finding;
  finding.id = hot ? "heat" : "low-clock";
  finding.title = hot ? text("the processor slowed down for heat {} times", machine.heat_events)
                      : "the processor's clock is held low";
  if (clocked)
    finding.facts.push_back(text("{:.1f} of {:.1f} GHz under load (cpufreq)",
                                 static_cast<double>(machine.clock) * 1e-6,
                                 static_cast<double>(machine.most_clock) * 1e-6));
  if (!machine.governor.empty()) finding.facts.push_back(text("governor {}", machine.governor));
  finding.gain = identity(lost, 0.6);
  finding.gain.model = "clock: what computes follows it";
  claim(finding, ledger, kEverywhere, {Column::native, Column::python, Column::linker});
  finding.effort = Effort::machine;
  finding.remedy =
      hot ? "cool it, plug it in, or run shorter bursts" : "plug it in, and choose a faster governor";
  finding.change = "cpupower frequency-set -g performance; powerprofilesctl set performance";
  finding.confidence = clocked ? 0.7 : 0.4;
  return finding;
}

std::optional<Finding> far_memory(Seen evidence, const Ledger& ledger) {
  if (evidence.machine.numa_nodes < 2) return {};
  std::int64_t pages = 0, far = 0;
  for (const Process& process : evidence.processes) pages += process.pages, far += process.far_pages;
  const double share = pages == 0 ? 0 : static_cast<double>(far) / static_cast<double>(pages);
  if (share < 0.25) return {};
  // A far byte comes at about half the rate; how much of the time moves bytes is not known.
  const Ns computed = held(ledger, kWorking, {Column::native});
  const Ns lost = part_of(computed, 0.3 * share);
  if (!at_least(lost, 0.05, ledger)) return {};
  Finding finding;
  finding.id = "numa";
  finding.title = text("{:.0f} % of its memory lies on another node than where it runs", 100 * share);
  finding.facts = {text("{} of {} pages (numa_maps), {} nodes", far, pages, evidence.machine.numa_nodes)};
  finding.gain = identity(lost, 0.8);
  finding.gain.model = "a far byte comes at about half the rate";
  claim(finding, ledger, kWorking, {Column::native});
  finding.effort = Effort::setting;
  finding.remedy = "keep the program and its memory on one node";
  finding.change = "numactl --cpunodebind=0 --membind=0 COMMAND";
  finding.confidence = 0.5;
  return finding;
}

}  // namespace vivace::doctor
