// What the whole system did so far: times of all processors together, swapping, pressure.
#pragma once

#include <cstdint>
#include <filesystem>

namespace vivace::machine {

/// Counters since the system's start.
struct SystemLoad {
  std::int64_t user_ns = 0, system_ns = 0, idle_ns = 0, io_wait_ns = 0, steal_ns = 0;
  std::int64_t swapped_in = 0, swapped_out = 0, refaults = 0;  // pages
  std::int64_t pressure_cpu_ns = 0, pressure_io_ns = 0, pressure_memory_ns = 0;
};

SystemLoad read_system_load(const std::filesystem::path& root = "/");

/// Threads of the whole system that run or want to run now, as /proc/loadavg says; 0 where there is none.
/// Allocates nothing.
int read_runnable_threads(const char* path = "/proc/loadavg");
/// Processors that the system runs on, whoever may use them.
int read_processors();

}  // namespace vivace::machine
