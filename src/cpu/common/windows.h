// Windows as kernels take them, from an operator's attributes and a node's sizes.
#pragma once

#include "kernels/common/window.h"
#include "ops/common/window.h"
#include "plan/target.h"

namespace vivace::cpu {

inline kernels::Window convert(const std::array<WindowAxis, 3>& axes) {
  const auto one = [](const WindowAxis& axis) {
    return kernels::WindowAxis{axis.input, axis.output, axis.kernel, axis.stride, axis.dilation, axis.before};
  };
  return {one(axes[0]), one(axes[1]), one(axes[2])};
}

/// The window of an operator that slides `kernel` over input 0 to give output 0.
template <class Op>
kernels::Window window_of(const Op& op, const NodeView& node, std::span<const std::int64_t> kernel) {
  return convert(
      window_axes(op.padding, node.inputs[0].dims, node.outputs[0].dims, kernel, op.strides, op.dilations));
}

/// How the lines of an NHWC operator's output depend on those of its input; nothing for other ranks.
inline std::optional<Lines> lines_of(const NodeView& node, const kernels::Window& window) {
  const Shape &x = node.inputs[0].dims, &y = node.outputs[0].dims;
  if (x.size() != 4 || y.size() != 4) return std::nullopt;
  const kernels::WindowAxis& height = window.height;
  Lines lines{x[0], x[1], y[1], height.stride, height.before, (height.kernel - 1) * height.dilation + 1};
  lines.input_bytes = static_cast<std::size_t>(x[2] * x[3]) * sizeof(float);
  lines.output_bytes = static_cast<std::size_t>(y[2] * y[3]) * sizeof(float);
  return lines;
}

}  // namespace vivace::cpu
