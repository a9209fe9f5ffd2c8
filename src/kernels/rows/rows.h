// Sums, extremes, softmax and norms along rows of float32, and sums and extremes along columns.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.h"

namespace vivace::kernels {

/// squares: the sum of (x - centre)^2. NaN survives maximum and minimum.
enum class Fold : std::uint32_t { sum, squares, maximum, minimum };

/// y[i] = the fold of row i. `centre` has one number a row, or is null (0).
struct FoldRows {
  Fold fold;
  const float* x;
  const float* centre;
  float* y;
  std::size_t rows, columns;
};
VIVACE_KERNEL(fold_rows, FoldRows);

/// y[j] = the fold of column j; rows are `stride` floats apart. `centre` has one number a column, or is null.
/// Sums are made of the sums of 64 rows each.
struct FoldColumns {
  Fold fold;
  const float* x;
  const float* centre;
  float* y;
  std::size_t rows, columns, stride;
};
VIVACE_KERNEL(fold_columns, FoldColumns);

/// y = e^(x - max) / sum along each row, or its logarithm. Requires y == x or no overlap.
struct SoftmaxRows {
  const float* x;
  float* y;
  std::size_t rows, columns;
  bool log;
};
VIVACE_KERNEL(softmax_rows, SoftmaxRows);

/// y = (x - mean) / deviation * scale + shift along each row; scale and shift have one number a column, or
/// are null. layer: deviation = sqrt(variance + epsilon); rms: without a mean, sqrt(mean square + epsilon);
/// unit: without a mean, sqrt(max(sum of squares, epsilon)). Requires y == x or no overlap.
struct NormRows {
  enum class Kind : std::uint32_t { layer, rms, unit };
  Kind kind;
  float epsilon;
  const float *x, *scale, *shift;
  float* y;
  std::size_t rows, columns;
};
VIVACE_KERNEL(norm_rows, NormRows);

}  // namespace vivace::kernels
