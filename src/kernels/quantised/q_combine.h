// Functions of two tensors of bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.h"
#include "kernels/quantised/end.h"

namespace vivace::kernels {

/// An operand of two axes, as Grid: the next row is `row` bytes away, the next column 0 or 1.
struct ByteGrid {
  const std::uint8_t* data;
  std::ptrdiff_t row;
  std::ptrdiff_t column;
};

/// y[i][j] = end(a' + b'), end(a' - b') with a' = a_end(a 2^left_shift), or end((a + a_bias) (b + b_bias));
/// a_end's bias is less its zero point, shifted. The ends have at least 16 columns, all alike. y's rows lie
/// one after another, and may be a's or b's memory, element for element.
///
/// A sum or difference, its zero point and end.lift() included, is also near.base + a near.a + b near.b in
/// float32, a number with 16 bits of fraction whose whole part is the result, within 16 bits too, wherever
/// its fraction is not below near.unclear; 0 where that is not known.
struct QCombine {
  struct Near {
    float a = 0, b = 0, base = 0;
    std::int32_t unclear = 0;
  };
  enum class Kind : std::uint32_t { add, subtract, multiply };
  /// Sums and differences of whole factors: y = clamp(zero + floor((a' a_by + b' b_by) / 2^right + 1/2)) with
  /// a' and b' less their zero points, which are the operands' biases. A factor is high 2^11 + low, both of
  /// its sign; right is above 0.
  struct Shifted {
    std::int16_t a_low, a_high, b_low, b_high;
    int right = 0;  // 0: not so
  };
  Kind kind;
  bool is_signed;
  ByteGrid a, b;
  std::uint8_t* y;
  std::size_t rows, columns;
  int left_shift;
  QuantisedEnd a_end, b_end, end;
  Near near;
  Shifted shifted;
};
VIVACE_KERNEL(q_combine, QCombine);

/// y[i] = round(x[i] / scale) + zero between low and high, ties away from zero; `even`: x[i] times 1 / scale,
/// ties to even. NaN gives low.
struct QuantizeFloats {
  const float* x;
  std::uint8_t* y;
  std::size_t count;
  float scale;
  std::int32_t zero, low, high;
  bool even;
};
VIVACE_KERNEL(quantize_floats, QuantizeFloats);

/// y[i] = round(x[i] * factor) + zero between low and high, ties away from zero; NaN gives low.
struct QuantizeRow {
  const float* x;
  std::uint8_t* y;
  std::size_t count;
  float factor, zero, low, high;
};
VIVACE_KERNEL(quantize_row, QuantizeRow);

/// The least and greatest of `count` numbers, at least one of them; NaN counts as nothing.
struct FindRange {
  const float* x;
  std::size_t count;
  float* range;  // two numbers
};
VIVACE_KERNEL(find_range, FindRange);

}  // namespace vivace::kernels
