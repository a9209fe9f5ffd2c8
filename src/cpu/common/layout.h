// Sizes and strides of loops over tensors, simplified when a plan is made and walked without allocating.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace::cpu {

/// Nested loops that step through kTensors tensors at once, outermost first.
template <std::size_t kTensors>
struct Loops {
  struct Axis {
    std::int64_t size = 1;
    std::array<std::int64_t, kTensors> strides{};
  };
  std::array<Axis, kMaxRank> axes;
  std::size_t rank = 0;

  /// Adds an inner axis; joins it with the one before where every tensor runs through both without a gap.
  void push(const Axis& axis) {
    if (axis.size == 1) return;
    if (rank != 0) {
      Axis& last = axes[rank - 1];
      bool joins = true;
      for (std::size_t t = 0; t < kTensors; ++t)
        joins = joins && last.strides[t] == axis.strides[t] * axis.size;
      if (joins) {
        last.size *= axis.size;
        last.strides = axis.strides;
        return;
      }
    }
    axes[rank++] = axis;
  }
  /// Takes the innermost axis away; an axis of one element where there is none.
  Axis pop() { return rank == 0 ? Axis() : axes[--rank]; }
  std::int64_t count() const {
    std::int64_t count = 1;
    for (std::size_t i = 0; i < rank; ++i) count *= axes[i].size;
    return count;
  }
};

/// A place in Loops: each tensor's offset there.
template <std::size_t kTensors>
class Cursor {
 public:
  /// At the place of that number, counted in row-major order.
  Cursor(const Loops<kTensors>& loops, std::int64_t number) : loops_(loops) {
    for (std::size_t i = loops.rank; i-- > 0;) {
      const auto& axis = loops.axes[i];
      if (axis.size == 0) return;  // there is no place
      place_[i] = number % axis.size;
      number /= axis.size;
      for (std::size_t t = 0; t < kTensors; ++t) offsets_[t] += place_[i] * axis.strides[t];
    }
  }
  std::int64_t operator[](std::size_t tensor) const { return offsets_[tensor]; }
  void next() {
    for (std::size_t i = loops_.rank; i-- > 0;) {
      const auto& axis = loops_.axes[i];
      const bool wraps = ++place_[i] == axis.size;
      const std::int64_t steps = wraps ? 1 - axis.size : 1;
      for (std::size_t t = 0; t < kTensors; ++t) offsets_[t] += steps * axis.strides[t];
      if (!wraps) return;
      place_[i] = 0;
    }
  }

 private:
  const Loops<kTensors>& loops_;
  std::array<std::int64_t, kMaxRank> place_{};
  std::array<std::int64_t, kTensors> offsets_{};
};

/// Loops over `dims` of tensors with these strides, one list a tensor.
template <std::size_t kTensors>
Loops<kTensors> make_loops(std::span<const std::int64_t> dims, const std::array<Shape, kTensors>& strides) {
  Loops<kTensors> loops;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    typename Loops<kTensors>::Axis axis;
    axis.size = dims[i];
    for (std::size_t t = 0; t < kTensors; ++t) axis.strides[t] = strides[t][i];
    loops.push(axis);
  }
  return loops;
}

}  // namespace vivace::cpu
