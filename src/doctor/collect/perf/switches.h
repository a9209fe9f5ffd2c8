// Each time that the critical thread leaves its processor and comes back, as the kernel records it.
#pragma once

#include <optional>

#include "doctor/collect/perf/perf_ring.h"
#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

class SwitchRecords {
 public:
  /// From now on this thread, and no longer the one before. What may not be recorded is not.
  void follow(std::int64_t thread);
  void drain();
  bool works() const { return ring_.works() || told_.seen; }
  Switches take();

 private:
  void count(const unsigned char* record, std::size_t size);

  std::int64_t thread_ = -1;
  PerfRing ring_;
  std::optional<Ns> left_;  // when it left its processor
  Switches told_;
};

}  // namespace vivace::doctor
