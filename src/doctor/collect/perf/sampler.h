// Which code runs, sampled by the kernel's software clock: perf_event_open, which needs no rights beyond
// those over one's own child where the system allows it at all.
#pragma once

#include <string>
#include <vector>

#include "doctor/collect/code_map.h"
#include "doctor/collect/perf/perf_ring.h"

namespace vivace::doctor {

struct Sample {
  Ns at = 0;
  std::int64_t pid = 0, tid = 0;
  std::size_t library = CodeMap::kUnknown;
};

class Sampler {
 public:
  Sampler() = default;
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// For a process that has not executed its program yet, or for the threads of one that `runs`, and all that
  /// it will start. Says why not, or nothing.
  std::string begin(std::int64_t pid, bool runs, Ns origin, int processors);
  bool works() const { return !buffers_.empty(); }
  bool sees_kernel() const { return sees_kernel_; }

  /// Appends the samples that came in since the last call.
  void drain(std::vector<Sample>& samples);
  CodeMap& code() { return code_; }

 private:
  struct Buffer {
    PerfRing ring;
    int processor = 0;
  };
  void join(std::int64_t thread, bool runs);
  void take(const unsigned char* record, std::size_t size, std::vector<Sample>& samples);

  std::vector<Buffer> buffers_;  // one a processor
  std::vector<int> joined_;      // events that write into them
  CodeMap code_;
  Ns origin_ = 0;
  bool sees_kernel_ = false;
};

}  // namespace vivace::doctor
