// Batches of matrices in tensors, for the operators that work on one matrix at a time.
#pragma once

#include <span>
#include <string_view>

#include "graph/op.h"
#include "ops/common/matrices/dense_matrix.h"
#include "vivace/tensor.h"

namespace vivace {

/// Matrix i of x[..., m, n], or of x^T.
DenseMatrix load_matrix(const TensorView& x, std::int64_t i, bool transposed = false);
/// Writes the first rows and columns of a matrix, as many as y has.
void store_matrix(const MutableTensorView& y, std::int64_t i, const DenseMatrix& matrix);
/// The vector i of y[..., n].
void store_vector(const MutableTensorView& y, std::int64_t i, std::span<const double> numbers);
/// How many matrices x holds.
std::int64_t matrices_in(std::span<const std::int64_t> dims);

/// At least two axes, of a floating type. op.rank, op.dtype
Status require_matrices(std::string_view op, std::string_view input, const Fact& x);
/// Its last two sizes agree. op.shape
Status require_square(std::string_view op, std::string_view input, const Fact& x);

}  // namespace vivace
