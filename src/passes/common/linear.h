// The operators that sum products with weights (Conv, ConvTranspose, MatMul), as the folds see them: output
// channels that can be scaled and shifted.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"
#include "ops/common/epilogue.h"

namespace vivace {

/// The node's epilogue if it is one of the three, or nullptr.
const Epilogue* epilogue_of(const Graph& graph, NodeId id);
/// The node's operator with another epilogue, or another activation in it. Requires epilogue_of(id).
OpPtr with_epilogue(const Graph& graph, NodeId id, const Epilogue& epilogue);
OpPtr ending_in(const Graph& graph, NodeId id, const Activation& activation);

inline bool has_input(const Node& node, std::size_t i) {
  return node.inputs.size() > i && node.inputs[i] != kNoValue;
}

/// Sums that a scale and shift for each channel can move into: float32, with a constant bias or none, no
/// activation and no residual, read by nobody else.
struct Sums {
  NodeId node;
  std::size_t channels;
  ConstantPtr bias;            // nullptr where there is none
  ConstantPtr weights;         // nullptr where they are not constant, or of no form that can be scaled
  std::size_t channel_stride;  // weights index i belongs to channel i / channel_stride % channels
};

std::optional<Sums> sums_behind(const Graph& graph, ValueId value);

/// weights[.., o, ..] * scale[o], computed later; bias[o] * scale[o] + shift[o]. In double, rounded once.
ConstantPtr scaled_weights(const Sums& sums, const std::vector<double>& scale);
Tensor scaled_bias(const Sums& sums, const std::vector<double>& scale, const std::vector<double>& shift);

}  // namespace vivace
