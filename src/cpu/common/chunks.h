// How element-wise and row-wise work is cut into chunks.
#pragma once

#include <algorithm>
#include <cstdint>

#include "plan/step.h"

namespace vivace::cpu {

/// Elements that a chunk of element-wise work should have: some microseconds of work, and it stays in L1.
inline constexpr std::int64_t kGrain = 4096;

/// `total` things, cut into chunks of `unit` (the last one may be smaller).
struct Chunks {
  std::int64_t total = 0;
  std::int64_t unit = 1;

  /// Things of `elements` elements each, in chunks of about `grain` elements.
  static Chunks of(std::int64_t total, std::int64_t elements, std::int64_t grain = kGrain) {
    return {total, std::max<std::int64_t>(1, grain / std::max<std::int64_t>(1, elements))};
  }
  std::int64_t count() const { return std::max<std::int64_t>(1, (total + unit - 1) / unit); }
  std::int64_t begin(const Share& share) const { return std::min(total, share.begin * unit); }
  std::int64_t end(const Share& share) const { return std::min(total, share.end * unit); }
};

}  // namespace vivace::cpu
