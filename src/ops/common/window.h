// Windows that slide over spatial axes: padding, and the sizes that follow from it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "graph/attribute.h"
#include "graph/dim.h"
#include "vivace/result.h"

namespace vivace {

/// Padding of the spatial axes. `same` depends on the input's size, so it stays symbolic until a plan knows
/// it: out = ceil(in / stride), total = max((out-1) stride + (k-1) dilation + 1 - in, 0), the smaller half
/// before (TensorFlow's SAME). `explicit_` has one number an axis in before and after.
struct Padding {
  enum class Mode : std::uint32_t { explicit_, same };
  Mode mode = Mode::explicit_;
  std::vector<std::int64_t> before, after;  // empty under `same`

  static Padding valid(std::size_t axes) {
    return {Mode::explicit_, std::vector<std::int64_t>(axes), std::vector<std::int64_t>(axes)};
  }
  static Padding same() { return {Mode::same, {}, {}}; }
  void attributes(AttributeVisitor& v);
  friend bool operator==(const Padding&, const Padding&) = default;
};

/// Padding before and after one axis of known size.
std::array<std::int64_t, 2> resolve_padding(const Padding& padding, std::size_t axis, std::int64_t input,
                                            std::int64_t kernel, std::int64_t stride, std::int64_t dilation);

/// The output size of one axis: floor((in + pads - ((k-1) dilation + 1)) / stride) + 1, or ceil(in/stride).
Dim window_output(const Padding& padding, std::size_t axis, const Dim& input, std::int64_t kernel,
                  std::int64_t stride, std::int64_t dilation);

}  // namespace vivace
