// Where each place of a resized axis takes its value from: shared by the reference and the kernels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/spatial/resize.h"

namespace vivace {

struct ResizeTap {
  std::int64_t source;
  float weight;
};

/// Output place i is the sum over taps [begin[i], begin[i + 1]) of weight * x[source], and outside[i] times
/// the filling value. Sources ascend.
struct ResizeTaps {
  std::vector<std::int64_t> begin;
  std::vector<ResizeTap> taps;
  std::vector<float> outside;  // empty where nothing is filled

  std::span<const ResizeTap> of(std::size_t place) const {
    return std::span(taps).subspan(static_cast<std::size_t>(begin[place]),
                                   static_cast<std::size_t>(begin[place + 1] - begin[place]));
  }
  float outside_of(std::size_t place) const { return outside.empty() ? 0.0f : outside[place]; }
};

/// The taps of each spatial axis of x [N, spatial..., C] and y. Resizing is separable: axes are resized one
/// after the other. Coordinates are computed in float32 as TensorFlow does; where one falls between two
/// places, or on the edge of nearest's cells, a better precision would give another answer.
std::vector<ResizeTaps> resize_taps(const Resize& op, std::span<const std::int64_t> x,
                                    std::span<const std::int64_t> y);

}  // namespace vivace
