// Windows that slide over spatial axes: padding, and the sizes that follow from it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
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

/// infer()'s check of a window operator's attributes, before any arithmetic on them: `axes` positive strides,
/// dilations and kernel sizes, and non-negative padding; op.attribute.
Status require_window(std::string_view op, const Padding& padding, std::span<const std::int64_t> kernel,
                      std::span<const std::int64_t> strides, std::span<const std::int64_t> dilations,
                      std::size_t axes);

/// The sizes [N, out..., channels] of windows over x [N, spatial..., C]; op.shape where a window is larger
/// than the padded input. Requires require_window.
Result<Dims> window_dims(std::string_view op, const Padding& padding, const Dims& x,
                         std::span<const std::int64_t> kernel, std::span<const std::int64_t> strides,
                         std::span<const std::int64_t> dilations, const Dim& channels);

/// The kernel sizes [kernel..., _, _] of a weights tensor as numbers; op.shape where one is unknown.
Result<std::vector<std::int64_t>> kernel_sizes(std::string_view op, const Dims& weights);

/// One spatial axis of known sizes. Tap t of output place i is input place i stride - before + t dilation.
struct WindowAxis {
  std::int64_t input = 1, output = 1, kernel = 1, stride = 1, dilation = 1, before = 0;

  /// The taps [first, last) of output place i that fall on real input.
  std::array<std::int64_t, 2> taps(std::int64_t i) const;
};

/// The spatial axes of x [N, spatial..., C] and y, of one to three, with axes of size 1 put in front.
std::array<WindowAxis, 3> window_axes(const Padding& padding, std::span<const std::int64_t> x,
                                      std::span<const std::int64_t> y, std::span<const std::int64_t> kernel,
                                      std::span<const std::int64_t> strides,
                                      std::span<const std::int64_t> dilations);

}  // namespace vivace
