// Multiplying the output channels of constant weights, for the passes that fold a scale into them.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace vivace {

/// A node whose sums a per-channel scale and shift can move into: Conv, ConvTranspose or MatMul with constant
/// weights and bias, no activation and no residual, whose output nobody else reads.
struct Scalable {
  NodeId node;
  std::size_t channels;
  std::size_t channel_stride;  // weights index i belongs to channel i / channel_stride % channels
};

std::optional<Scalable> scalable_producer(const Graph& graph, ValueId value);

/// weights[.., o, ..] * scale[o]; bias[o] * scale[o] + shift[o]. Products in double, rounded once.
Tensor scaled_weights(const Graph& graph, const Scalable& target, std::span<const float> scale);
Tensor scaled_bias(const Graph& graph, const Scalable& target, std::span<const float> scale,
                   std::span<const float> shift);

}  // namespace vivace
