// What convolutions of floating-point and of quantised numbers share: their shape rules and their sums.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "graph/op.h"
#include "ops/common/window_walk.h"

namespace vivace {

/// How windows lie over the spatial axes.
struct Windows {
  const Padding& padding;
  std::span<const std::int64_t> strides, dilations;  // one for each spatial axis
};

/// The sizes of a convolution of x [N, spatial..., C] with weights [kernel..., C / groups, O]. op.rank,
/// op.attribute, op.shape
Result<Dims> convolution_dims(std::string_view op, const Fact& x, const Fact& weights, const Windows& windows,
                              std::int64_t groups);
/// The sizes of the transposed convolution of x with weights [kernel..., O, C]. op.rank, op.attribute,
/// op.shape
Result<Dims> transposed_convolution_dims(std::string_view op, const Fact& x, const Fact& weights,
                                         const Windows& windows,
                                         std::span<const std::int64_t> output_padding);
/// Multiplications of one output element.
double taps_of(const Fact& weights);

/// The windows of x [N, spatial..., C] that give y, with axes of size 1 put in front.
WindowAxes axes_of(const Windows& windows, std::span<const std::int64_t> x, std::span<const std::int64_t> y,
                   const TensorView& weights);

/// Calls store_row(sums, first element) for each place of y: sums holds one number an output channel. Sum is
/// the type of the sums, Element that of the factors.
template <class Sum, class Element, class StoreRow>
void convolve(const WindowAxes& axes, const TensorView& x, const TensorView& weights,
              const std::vector<Element>& from, const std::vector<Element>& kernel, std::int64_t groups,
              StoreRow store_row) {
  const std::int64_t channels = x.dims.back(), outputs = weights.dims.back();
  const std::int64_t group_inputs = channels / groups, group_outputs = outputs / groups;
  std::vector<Sum> sums(static_cast<std::size_t>(outputs));
  std::int64_t first = 0;
  for_each_window(axes, x.dims[0], [&](const WindowPlace& place) {
    std::fill(sums.begin(), sums.end(), Sum{});
    for_each_tap(axes, place, [&](std::int64_t pixel, std::int64_t tap) {
      const Element* input = from.data() + pixel * channels;
      const Element* factors = kernel.data() + tap * group_inputs * outputs;
      for (std::int64_t c = 0; c < group_inputs; ++c, factors += outputs)
        for (std::int64_t g = 0; g < groups; ++g) {
          const auto value = static_cast<Sum>(input[g * group_inputs + c]);
          Sum* sum = sums.data() + g * group_outputs;
          const Element* factor = factors + g * group_outputs;
          for (std::int64_t o = 0; o < group_outputs; ++o) sum[o] += value * static_cast<Sum>(factor[o]);
        }
    });
    store_row(std::span<const Sum>(sums), first);
    first += outputs;
  });
}

/// The sums of the transposed convolution, for all of y in order. `axes` are those of the convolution whose
/// gradient this is: axes_of(windows, y, x, weights).
template <class Sum, class Element>
std::vector<Sum> convolve_transposed(const WindowAxes& axes, const TensorView& x, const TensorView& weights,
                                     const std::vector<Element>& from, const std::vector<Element>& kernel,
                                     std::int64_t count) {
  const std::int64_t channels = x.dims.back(), width = weights.dims[weights.dims.size() - 2];
  // [kernel..., C, O]: a tap adds to all output channels of a place in one run.
  std::vector<Element> turned(kernel.size());
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(kernel.size()); ++i) {
    const std::int64_t c = i % channels, o = i / channels % width, tap = i / channels / width;
    turned[static_cast<std::size_t>((tap * channels + c) * width + o)] = kernel[static_cast<std::size_t>(i)];
  }
  std::vector<Sum> sums(static_cast<std::size_t>(count));
  const Element* source = from.data();
  for_each_window(axes, x.dims[0], [&](const WindowPlace& place) {
    for_each_tap(axes, place, [&](std::int64_t pixel, std::int64_t tap) {
      Sum* sum = sums.data() + pixel * width;
      const Element* factors = turned.data() + tap * channels * width;
      for (std::int64_t c = 0; c < channels; ++c, factors += width)
        for (std::int64_t o = 0; o < width; ++o)
          sum[o] += static_cast<Sum>(source[c]) * static_cast<Sum>(factors[o]);
    });
    source += channels;
  });
  return sums;
}

}  // namespace vivace
