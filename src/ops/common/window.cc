#include "ops/common/window.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {

void Padding::attributes(AttributeVisitor& v) {
  static constexpr std::string_view kModeNames[] = {"explicit", "same"};
  visit_enum(v, "padding", mode, kModeNames);
  v("pad_before", before);
  v("pad_after", after);
}

std::array<std::int64_t, 2> resolve_padding(const Padding& padding, std::size_t axis, std::int64_t input,
                                            std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  if (padding.mode == Padding::Mode::explicit_) return {padding.before[axis], padding.after[axis]};
  const std::int64_t output = input / stride + (input % stride != 0);
  const std::int64_t reach = (output - 1) * stride + (kernel - 1) * dilation + 1;
  const std::int64_t total = std::max<std::int64_t>(reach - input, 0);
  return {total / 2, total - total / 2};
}

Dim window_output(const Padding& padding, std::size_t axis, const Dim& input, std::int64_t kernel,
                  std::int64_t stride, std::int64_t dilation) {
  if (padding.mode == Padding::Mode::same) return floor_div(input + Dim(stride - 1), stride);
  const Dim reach = (Dim(kernel) - 1) * Dim(dilation) + 1;
  const Dim padded = input + Dim(padding.before[axis]) + Dim(padding.after[axis]);
  return floor_div(padded - reach, stride) + 1;
}

Status require_window(std::string_view op, const Padding& padding, std::span<const std::int64_t> kernel,
                      std::span<const std::int64_t> strides, std::span<const std::int64_t> dilations,
                      std::size_t axes) {
  VIVACE_CHECK_OK(require_numbers(op, "kernel", kernel, axes, 1));
  VIVACE_CHECK_OK(require_numbers(op, "strides", strides, axes, 1));
  VIVACE_CHECK_OK(require_numbers(op, "dilations", dilations, axes, 1));
  const std::size_t pads = padding.mode == Padding::Mode::same ? 0 : axes;
  VIVACE_CHECK_OK(require_numbers(op, "pad_before", padding.before, pads, 0));
  return require_numbers(op, "pad_after", padding.after, pads, 0);
}

Result<Dims> window_dims(std::string_view op, const Padding& padding, const Dims& x,
                         std::span<const std::int64_t> kernel, std::span<const std::int64_t> strides,
                         std::span<const std::int64_t> dilations, const Dim& channels) {
  Dims y = {x.front()};
  for (std::size_t axis = 0; axis < kernel.size(); ++axis) {
    const Dim& input = x[axis + 1];
    y.push_back(window_output(padding, axis, input, kernel[axis], strides[axis], dilations[axis]));
    if (padding.mode == Padding::Mode::explicit_ && y.back().known() && y.back().number() < 1)
      return shape_error(op, text("a window of {} with dilation {} does not fit spatial axis {} of {}",
                                  kernel[axis], dilations[axis], axis, to_text(x)))
          .why(text("padded by {} and {} the axis is still smaller than the window", padding.before[axis],
                    padding.after[axis]));
  }
  y.push_back(channels);
  return y;
}

Result<std::vector<std::int64_t>> kernel_sizes(std::string_view op, const Dims& weights) {
  auto sizes = numbers(Dims(weights.begin(), weights.end() - 2));
  if (!sizes)
    return shape_error(op, text("the kernel's sizes are unknown: weights are {}", to_text(weights)));
  return *std::move(sizes);
}

std::array<std::int64_t, 2> WindowAxis::taps(std::int64_t i) const {
  const std::int64_t start = i * stride - before;
  const std::int64_t first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
  const std::int64_t last = start >= input ? 0 : (input - start + dilation - 1) / dilation;
  return {first, std::min(last, kernel)};
}

std::array<WindowAxis, 3> window_axes(const Padding& padding, std::span<const std::int64_t> x,
                                      std::span<const std::int64_t> y, std::span<const std::int64_t> kernel,
                                      std::span<const std::int64_t> strides,
                                      std::span<const std::int64_t> dilations) {
  std::array<WindowAxis, 3> axes;
  const std::size_t missing = 3 - kernel.size();
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    WindowAxis& axis = axes[missing + i];
    axis = {x[i + 1], y[i + 1], kernel[i], strides[i], dilations[i], 0};
    axis.before = resolve_padding(padding, i, axis.input, axis.kernel, axis.stride, axis.dilation)[0];
  }
  return axes;
}

}  // namespace vivace
