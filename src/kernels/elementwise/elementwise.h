// Functions of one and of two float32 numbers over whole arrays.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.h"

namespace vivace::kernels {

#define FUNCTION(name) name,
enum class Function : std::uint32_t {
#include "kernels/elementwise/functions.inc"
};
#undef FUNCTION

#define PAIR(name) name,
enum class Pair : std::uint32_t {
#include "kernels/elementwise/pairs.inc"
};
#undef PAIR

/// y[i] = function(x[i]), with the function's parameters a and b. Requires y == x or no overlap.
struct Map {
  Function function;
  float a, b;
  const float* x;
  float* y;
  std::size_t count;
};
VIVACE_KERNEL(map, Map);

/// An operand of two axes: the next row is `row` floats away (0 repeats), the next column 0 or 1.
struct Grid {
  const float* data;
  std::ptrdiff_t row;
  std::ptrdiff_t column;
};

/// y[i][j] = min(max(pair(a[i][j], b[i][j]), low), high); y's rows lie one after another. NaN passes through
/// the bounds. Requires that y is a's or b's memory, element for element, or overlaps neither.
struct Combine {
  Pair pair;
  Grid a, b;
  float* y;
  std::size_t rows, columns;
  float low = -__builtin_inff(), high = __builtin_inff();
};
VIVACE_KERNEL(combine, Combine);

/// y[i][j] = min(max(x[i][j] scale[j] + shift[j], low), high). Requires y == x or no overlap.
struct ScaleShift {
  const float* x;
  const float *scale, *shift;
  float* y;
  std::size_t rows, columns;
  float low = -__builtin_inff(), high = __builtin_inff();
};
VIVACE_KERNEL(scale_shift, ScaleShift);

}  // namespace vivace::kernels
