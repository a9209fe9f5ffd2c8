#include "ops/common/matrices/matrix_batch.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

std::int64_t matrices_in(std::span<const std::int64_t> dims) { return count_of(dims.first(dims.size() - 2)); }

DenseMatrix load_matrix(const TensorView& x, std::int64_t i, bool transposed) {
  const auto rows = static_cast<std::size_t>(x.dims[x.dims.size() - 2]);
  const auto columns = static_cast<std::size_t>(x.dims.back());
  DenseMatrix matrix(rows, columns);
  const std::int64_t first = i * static_cast<std::int64_t>(rows * columns);
  for (std::size_t k = 0; k < matrix.numbers.size(); ++k)
    matrix.numbers[k] = load(x, first + static_cast<std::int64_t>(k));
  return transposed ? matrix.transposed() : matrix;
}

void store_matrix(const MutableTensorView& y, std::int64_t i, const DenseMatrix& matrix) {
  const auto rows = static_cast<std::size_t>(y.dims[y.dims.size() - 2]);
  const auto columns = static_cast<std::size_t>(y.dims.back());
  std::int64_t place = i * static_cast<std::int64_t>(rows * columns);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column) store(y, place++, matrix(row, column));
}

void store_vector(const MutableTensorView& y, std::int64_t i, std::span<const double> numbers) {
  std::int64_t place = i * y.dims.back();
  for (const double number : numbers) store(y, place++, number);
}

Status require_matrices(std::string_view op, std::string_view input, const Fact& x) {
  VIVACE_CHECK_OK(require_rank(op, input, x, 2, kMaxRank));
  return require_float(op, input, x);
}

Status require_square(std::string_view op, std::string_view input, const Fact& x) {
  if (may_equal(x.dims[x.dims.size() - 2], x.dims.back())) return {};
  return shape_error(op, text("{} is {}", input, to_text(x.dims))).why("its matrices must be square");
}

}  // namespace vivace
