// Runs a program unchanged and watches it from outside, and where it is Python from inside as well.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

struct CollectOptions {
  bool python = true;  // the part inside Python
  bool code = true;    // sampling of code by perf events
  std::string recorded_by;
  // Where the Python part may stay from run to run, in a folder that only the user can write into; empty:
  // nowhere.
  std::filesystem::path kept;
  double seconds = 0;  // how long to look at a process that runs already; 0: until a signal comes
  // What to ask of NVIDIA's GPUs, where the PCI bus has one.
  std::string nvml = "libnvidia-ml.so.1";
};

/// Until the program ended. Its standard streams, its signals and its children are its own. Requires a
/// command. Errors: doctor.command, doctor.start. Whatever cannot be seen is a gap in the evidence.
Result<Evidence> collect(const std::vector<std::string>& command, const CollectOptions& options);

/// A process that runs already, until it ends, the seconds are over, or SIGINT or SIGTERM comes; it goes on.
/// What it did before is not seen, and from inside only a Python that imported vivace_doctor.
/// Errors: doctor.process.
Result<Evidence> attach(std::int64_t pid, const CollectOptions& options);

}  // namespace vivace::doctor
