// Copies between two arrangements of the same elements: what every operator that only moves data does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "vivace/tensor.h"

namespace vivace {

/// One side of a copy: an element to start from, and the distance to the next one along each axis (in
/// elements; 0 repeats, negative runs backwards).
template <class Pointer>
struct Strided {
  Pointer base;
  std::int64_t start;
  std::span<const std::int64_t> strides;
};

/// Copies the elements (of `size` bytes) at every place of `dims`, in row-major order.
void copy_strided(std::span<const std::int64_t> dims, std::size_t size, Strided<const void*> from,
                  Strided<void*> to);

/// The whole of `y`, from places of x that the strides select.
void gather_strided(const TensorView& x, std::int64_t start, std::span<const std::int64_t> strides,
                    const MutableTensorView& y);

}  // namespace vivace
