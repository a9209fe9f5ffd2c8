// The control groups that a process is in, with every ancestor: limits and counters, of version 1 and 2.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vivace::machine {

/// Counters count from the group's making. Fields that a group does not tell are 0.
struct CgroupState {
  std::string path;  // "/a/b"; of version 1 with the controller before it: "cpu:/a/b"
  int version = 2;
  double quota_cpus = 0;
  std::int64_t periods = 0, throttled_periods = 0, throttled_ns = 0;
  std::int64_t memory_limit = 0, memory_used = 0, limit_hits = 0;
  double weight = 0;  // relative to the default
  std::int64_t pressure_cpu_ns = 0, pressure_io_ns = 0, pressure_memory_ns = 0;
};

/// Of a process by its number, or "self". Groups of version 1 that say nothing about processors or memory
/// are left out. `root` stands for "/".
std::vector<CgroupState> read_cgroups(const std::string& pid, const std::filesystem::path& root = "/");

/// The counter of throttled time alone: what a collector reads often. Nothing where it is not told.
std::optional<std::int64_t> read_throttled_ns(const CgroupState& group,
                                              const std::filesystem::path& root = "/");

/// The line "some ... total=N" of a pressure file, in nanoseconds; 0 where there is none.
std::int64_t read_pressure_ns(const std::filesystem::path& file);

}  // namespace vivace::machine
