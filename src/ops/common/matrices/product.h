// What products of matrices of floating-point and of quantised numbers share: their shape rule and their
// sums.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "graph/op.h"
#include "ops/common/reference.h"

namespace vivace {

/// Whether the last two axes of each operand are swapped before the product.
struct Transposed {
  bool a, b;
};

/// The sizes of a [..., M, K] (rank 1 counts as [1, K] and loses that axis again) times b [..., K, N],
/// leading axes broadcast. op.rank, op.shape
Result<Dims> product_dims(std::string_view op, const Fact& a, const Fact& b, Transposed transposed);
/// The length of the sums.
const Dim& depth_of(const Fact& a, Transposed transposed);

/// Where the matrices of one operand lie: for each place of y's batch axes, and within a matrix.
struct Matrices {
  Shape batch_strides;
  std::int64_t row, column;
};
Matrices matrices_of(std::span<const std::int64_t> dims, bool transposed,
                     std::span<const std::int64_t> batch);

/// Calls store_row(sums, first element) for every row of the product. Sum is the type of the sums, Element
/// that of the factors, all elements of the operands in order.
template <class Sum, class Element, class StoreRow>
void multiply_matrices(const TensorView& a, const TensorView& b, std::span<const std::int64_t> y,
                       Transposed transposed, const std::vector<Element>& from,
                       const std::vector<Element>& with, StoreRow store_row) {
  const bool vector = a.dims.size() == 1;
  const std::int64_t rows = vector ? 1 : y[y.size() - 2], columns = y.back();
  const std::int64_t depth = transposed.a ? a.dims[a.dims.size() - 2] : a.dims.back();
  const auto batch = y.first(y.size() - (vector ? 1 : 2));
  const Matrices left = matrices_of(a.dims, transposed.a, batch);
  const Matrices right = matrices_of(b.dims, transposed.b, batch);
  std::vector<Sum> sums(static_cast<std::size_t>(columns));
  Walk walk(batch, {left.batch_strides, right.batch_strides});
  std::int64_t first = 0;
  for (std::int64_t matrix = count_of(batch); matrix > 0; --matrix, walk.next())
    for (std::int64_t i = 0; i < rows; ++i, first += columns) {
      std::fill(sums.begin(), sums.end(), Sum{});
      for (std::int64_t k = 0; k < depth; ++k) {
        const auto value =
            static_cast<Sum>(from[static_cast<std::size_t>(walk[0] + i * left.row + k * left.column)]);
        std::int64_t element = walk[1] + k * right.row;
        for (std::size_t j = 0; j < sums.size(); ++j, element += right.column)
          sums[j] += value * static_cast<Sum>(with[static_cast<std::size_t>(element)]);
      }
      store_row(std::span<const Sum>(sums), first);
    }
}

}  // namespace vivace
