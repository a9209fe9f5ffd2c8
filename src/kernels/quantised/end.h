// What becomes of integer sums: bias, a factor, zero point and bounds, as a byte.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vivace::kernels {

/// y = clamp(zero + round((sum + bias) * factor), low, high), each column with its own bias and factor; the
/// arrays hold whole panels of 16. Sums and biases wrap around at 32 bits.
///
/// The factor is mantissa 2^(left - right - 31), applied as gemmlowp does: to the left, a doubling high
/// multiplication rounded with ties up, to the right rounded with ties away from zero; or, where `factors` is
/// set, a product in double rounded with ties away from zero; or, where `even` is, the sum as float32 times
/// the scale, to nearest even (docs/design/0015-requantisation.md).
struct QuantisedEnd {
  const std::int32_t* bias;
  const std::int32_t *mantissas, *lefts, *rights;
  const std::int32_t* odd_mantissas;  // those of odd columns, each one place before its own
  const std::int32_t* halves;         // 2^(right - 1) + (zero + lift()) 2^right
  const float *scales, *steps;        // of bounded sums, 2^16 times mantissa 2^(-right - 31), 2^(-right - 1)
  const double* factors;              // or null
  std::int32_t zero, low, high;
  // Sums with their bias are below 2^30 in size, nothing goes to the left, and 1 to 21 bits to the right.
  bool bounded;
  bool even;  // `scales` are the factors then
  bool fits;  // bounded, and no result passes 16 bits before its bounds

  /// What makes results unsigned: 128 where some may be negative.
  constexpr std::int32_t lift() const { return low < 0 ? 128 : 0; }
  /// Whether all below the zero point become `low`.
  constexpr bool rising() const { return low >= zero; }
};

/// The end of dynamically quantised rows: y = (sum + sums_bias) as float32 times the scales, + bias, with a
/// rounding after each step: by the weights' scale, then the row's, or by their product. Row i of the output
/// has the scale row_scales[i / rows_each].
struct FloatEnd {
  const std::int32_t* sums_bias;  // of each column, as many as whole panels hold, as `scales` and `bias`
  const float *scales, *bias;
  const float* row_scales;
  std::size_t rows_each;
  bool weights_scale_first;
};

}  // namespace vivace::kernels
