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
/// set, a product in double rounded with ties away from zero (docs/design/0015-requantisation.md).
struct QuantisedEnd {
  const std::int32_t* bias;
  const std::int32_t *mantissas, *lefts, *rights;
  const double* factors;  // or null
  std::int32_t zero, low, high;
  bool bounded;  // the sums with their bias are below 2^30 in size, and nothing goes to the left
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
