// What gather_nd and scatter_nd share: slices of a tensor named by the rows of an index tensor.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "graph/op.h"

namespace vivace {

/// The indices have an integer type and a last axis of a known size from 0 to what is left of x behind
/// `batch` axes, which both have in common. op.dtype, op.shape
Status require_slice_indices(std::string_view op, const Fact& x, const Fact& indices, std::int64_t batch);

/// Slices of a tensor of sizes `dims`, for the rows of an index tensor.
class Slices {
 public:
  Slices(std::span<const std::int64_t> dims, const TensorView& indices, std::size_t batch);

  std::int64_t count() const { return count_; }
  /// Elements of each.
  std::int64_t size() const { return size_; }
  /// Where slice i begins, or -1 where an index lies outside.
  std::int64_t place(std::int64_t i) const;
  /// Whether the first index of slice i is negative.
  bool negative(std::int64_t i) const;
  /// op.index, for such a slice.
  Error outside(std::string_view op, std::int64_t i) const;

 private:
  std::span<const std::int64_t> dims_;
  TensorView indices_;
  std::size_t batch_, depth_;
  std::int64_t count_, size_, batch_size_, per_batch_;
};

}  // namespace vivace
