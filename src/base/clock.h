// Time as vivace measures it.
#pragma once

#include <ctime>

namespace vivace {

/// Seconds of the monotonic clock.
inline double now_s() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace vivace
