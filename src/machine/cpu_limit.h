// How many processors this process may really use: affinity, cgroup quota, physical cores.
#pragma once

#include <filesystem>
#include <optional>

namespace vivace::machine {

struct CpuLimit {
  int affinity = 1;             // processors the scheduler may put us on
  int physical_cores = 1;       // distinct cores among them
  std::optional<double> quota;  // CPUs' worth of time the tightest cgroup allows, v1 or v2

  /// The least of the three, a quota rounded up; at least 1.
  int threads() const;
};

/// `root` stands for "/": tests give a folder with a recorded /proc and /sys. Affinity is the caller's own.
CpuLimit read_cpu_limit(const std::filesystem::path& root = "/");

}  // namespace vivace::machine
