// NVIDIA's own library for looking at its GPUs, opened only where it is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vivace::machine {

/// Of one GPU at one moment; below 0: it does not tell.
struct NvmlState {
  std::string name;
  double busy = -1;  // share of the last moments in which it computed
  std::int64_t memory = -1, memory_used = -1;
  std::int64_t clock_mhz = -1, most_clock_mhz = -1;
  std::int64_t lanes = -1, most_lanes = -1, generation = -1, most_generation = -1;
  std::string slowed;  // "heat", "power", "the board": why its clock is lowered; empty: it is not
  std::vector<std::int64_t> processes;  // that compute on it, as far as they are in our own space of numbers
};

class Nvml {
 public:
  /// Nothing where there is no such library, or it finds no driver.
  static std::optional<Nvml> open(const std::string& library = "libnvidia-ml.so.1");
  ~Nvml();
  Nvml(Nvml&& other) noexcept;
  Nvml& operator=(Nvml&& other) noexcept;

  std::string driver() const;
  /// All its GPUs, 16 at most.
  std::vector<NvmlState> look() const;

 private:
  explicit Nvml(void* library) : library_(library) {}
  NvmlState state_of(void* device) const;
  std::vector<std::int64_t> processes_of(void* device) const;
  template <class... Arguments>
  bool ask(const char* name, Arguments... arguments) const;

  void* library_ = nullptr;
};

}  // namespace vivace::machine
