// The machine around a run: read before and after, told as what was added between.
#pragma once

#include <vector>

#include "doctor/evidence/evidence.h"
#include "machine/cgroups.h"
#include "machine/facts.h"
#include "machine/system_load.h"

namespace vivace::doctor {

class Surroundings {
 public:
  /// Reads what holds before the program starts.
  Surroundings();
  /// Groups of ours with a limit on processor time.
  std::vector<machine::CgroupState> quotas() const;
  bool has_nvidia() const;
  /// Fills in machine, cgroups and host (without its rivals).
  void finish(Evidence& evidence) const;

 private:
  machine::Facts facts_;
  machine::SystemLoad load_;
  std::vector<machine::CgroupState> groups_;
  Ns page_fault_ = 0;
};

/// What the first touch of a 4 KB page costs here, in a quarter of a millisecond.
Ns measure_page_fault();

/// The variables that matter to a prediction's speed, and no others: those that the doctor may record.
std::vector<Variable> recorded_environment();

/// By the files beside the program's Python packages, and those of the system.
void note_gpu_software(Evidence& evidence);

}  // namespace vivace::doctor
