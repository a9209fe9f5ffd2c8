// What the tests of kernels share.
#pragma once

#include <cstdint>
#include <vector>

#include "support/isas.h"

namespace vivace::testing {

/// Reproducible numbers in [-1, 1).
inline std::vector<float> noise(std::size_t count, std::uint32_t seed) {
  std::vector<float> values(count);
  std::uint32_t state = seed * 2654435761u + 1;
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
  }
  return values;
}

}  // namespace vivace::testing
