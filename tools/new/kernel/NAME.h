// @name@: says what it computes, in one line.
#pragma once

#include "kernels/isa.h"

namespace vivace::kernels {

/// y[i] = x[i], i < count. Requires y == x or no overlap.
struct @Name@ {
  const float* x;
  float* y;
  std::size_t count;
};

VIVACE_KERNEL(@name@, @Name@);

}  // namespace vivace::kernels
