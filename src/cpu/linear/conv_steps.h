// The steps of convolutions.
#pragma once

#include "cpu/emitter.h"

namespace vivace::cpu {

inline constexpr std::string_view kIndirect = "conv", kNarrow = "conv_narrow", kDepthwise = "depthwise",
                                  kWinograd = "winograd";

/// [kernel...] of a convolution's weights.
inline std::span<const std::int64_t> kernel_of(const NodeView& node) {
  const Shape& dims = node.inputs[1].dims;
  return std::span(dims).first(dims.size() - 2);
}

/// Whether the sizes of a float32 convolution with fixed weights are such that Winograd's way is faster.
bool pays_winograd(const NodeView& node);

/// Any window: kIndirect takes any groups, weights packed as "conv16"; kNarrow one, weights as "conv_rows".
Step emit_indirect(const NodeView& node, std::string_view algorithm, const Processor& processor);
/// As many groups as inputs and outputs; weights as the model stores them.
Step emit_depthwise(const NodeView& node, const Processor& processor);
/// Weights packed as "winograd43".
Step emit_winograd(const NodeView& node, const Processor& processor);

}  // namespace vivace::cpu
