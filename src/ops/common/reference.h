// What the scalar references share: elements of any type as double or int64, and walks over N axes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "vivace/tensor.h"

namespace vivace {

/// Element i as a double; a boolean is 0 or 1.
double load(const TensorView& x, std::int64_t i);
/// Element i of an integer or boolean tensor; uint64 keeps its bits, so from 2^63 on it is negative.
std::int64_t load_integer(const TensorView& x, std::int64_t i);

/// Rounds once to the tensor's type: floats to nearest even; integers truncate, saturate, and take NaN to 0;
/// a boolean is whether value is not 0.
void store(const MutableTensorView& y, std::int64_t i, double value);
/// Wraps around to the integer type's width; a float type gets the value rounded.
void store_integer(const MutableTensorView& y, std::int64_t i, std::int64_t value);

/// The value as it would be read back after store() to a tensor of this type.
double round_to(DType dtype, double value);

/// All elements as doubles, in order; empty for an absent input.
std::vector<double> load_all(const TensorView& x);

/// Whether input i is there: neither left off the end nor absent.
inline bool given(std::span<const TensorView> inputs, std::size_t i) {
  return i < inputs.size() && inputs[i].data != nullptr;
}

/// Row-major strides in elements.
Shape strides_of(std::span<const std::int64_t> dims);
/// The strides with which a tensor of sizes `from` is read as one of sizes `to`: 0 where it repeats. Requires
/// that `from` broadcasts to `to`.
Shape broadcast_strides(std::span<const std::int64_t> from, std::span<const std::int64_t> to);

/// Visits the places of `dims` in row-major order and keeps an offset into each of several tensors, whose
/// strides are given one list a tensor (as long as dims; 0 repeats, negative runs backwards):
///
///     Walk walk(y.dims, {broadcast_strides(a.dims, y.dims), broadcast_strides(b.dims, y.dims)});
///     for (std::int64_t i = 0; i < y.count(); ++i, walk.next()) store(y, i, load(a, walk[0]) + load(b,
///     walk[1]));
class Walk {
 public:
  Walk(std::span<const std::int64_t> dims, std::initializer_list<Shape> strides);

  std::int64_t operator[](std::size_t tensor) const { return offsets_[tensor]; }
  /// Where the walk stands, one number an axis.
  std::span<const std::int64_t> place() const { return place_; }
  /// To the next place; after the last one, back to the first.
  void next();

 private:
  Shape dims_, place_;
  std::vector<Shape> strides_;
  std::vector<std::int64_t> offsets_;
};

}  // namespace vivace
