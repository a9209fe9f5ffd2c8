// What a matrix-like kernel does to its sums before it stores them.
#pragma once

#include <cstddef>

#include "kernels/elementwise/elementwise.h"

namespace vivace::kernels {

/// y = residual_last ? f(sum + bias) + residual : f(sum + bias + residual)
///
/// f is Map's: a function with parameters a and b. The clamp, which relu, relu6 and no function at all are
/// cases of, costs nothing; others take another sweep over what lies in L1.
struct End {
  const float* bias = nullptr;      // one for each column, or none
  const float* residual = nullptr;  // rows like the output's, or none
  std::size_t residual_stride = 0;  // floats from one row to the next
  Function function = Function::clamp;
  float a = -__builtin_inff();
  float b = __builtin_inff();
  bool residual_last = false;
};

/// Ends a block of sums: c[i][j] = end(sums[i][j]). `end` is already moved to the block's first row and
/// column. Requires c == sums with equal strides, or no overlap.
struct Finish {
  const float* sums;
  std::size_t sums_stride;
  float* c;
  std::size_t c_stride;
  std::size_t rows, columns;
  End end;
};

VIVACE_KERNEL(finish, Finish);

}  // namespace vivace::kernels
