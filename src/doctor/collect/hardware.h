// What the machine's parts do while the program runs: the clock of its processor, the nodes that its memory
// lies on, and NVIDIA's GPUs. Looked at rarely, and only where there is something to see.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/collect/tree.h"
#include "doctor/evidence/evidence.h"
#include "machine/gpu/nvml.h"

namespace vivace::doctor {

class Hardware {
 public:
  /// `nvml`: the library to ask of GPUs; empty: there are none to ask of.
  explicit Hardware(std::string nvml) : nvml_name_(std::move(nvml)) {}

  /// `now` counts from the program's start; `pid` is the process that it waits for.
  void look(Ns now, std::int64_t pid, const Tree& tree);
  /// Into the machine's facts and the processes, which are there already.
  void finish(Evidence& evidence) const;

 private:
  struct SeenGpu {
    machine::NvmlState state;
    std::int64_t looks = 0, busy_looks = 0;
    double busy = 0;
    std::vector<std::pair<std::string, std::int64_t>> slowed;  // why, and how often while it computed
    std::int64_t others = 0;
  };
  struct Pages {
    std::int64_t pid = 0;
    std::vector<std::int64_t> by_node;
  };
  void look_at_clock(std::int64_t pid);
  void look_at_pages(Ns now, std::int64_t pid);
  void look_at_gpus(Ns now, const Tree& tree);
  std::size_t busiest_node() const;

  std::string nvml_name_;
  std::optional<machine::Nvml> nvml_;
  bool asked_ = false;
  std::vector<SeenGpu> gpus_;
  std::vector<std::int64_t> clocks_;  // kHz, while the program ran
  std::int64_t most_clock_ = 0;
  std::optional<std::vector<int>> nodes_;
  std::vector<std::int64_t> ran_on_;  // looks by node
  std::vector<Pages> pages_;
  Ns next_pages_ = 2'000'000'000;
  int page_looks_ = 0;
};

}  // namespace vivace::doctor
