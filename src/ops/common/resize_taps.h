// Where each place of a resized axis takes its value from: shared by the reference and the kernels.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/spatial/resize.h"

namespace vivace {

struct ResizeTap {
  std::int64_t source;
  float weight;
};

/// Output place i is the sum over taps [begin[i], begin[i + 1]) of weight * x[source]. Sources ascend.
struct ResizeTaps {
  std::vector<std::int64_t> begin;
  std::vector<ResizeTap> taps;
};

/// The taps of one axis. Resizing is separable: axes are resized one after the other. Coordinates are
/// computed in float32 as TensorFlow does; where one falls between two places, or on the edge of nearest's
/// cells, a better precision would give another answer.
ResizeTaps resize_taps(const Resize& op, std::int64_t input, std::int64_t output);

}  // namespace vivace
