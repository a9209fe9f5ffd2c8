// First half of planning: every size becomes a number, and every value that then is known is computed.
#pragma once

#include <vector>

#include "plan/plan.h"

namespace vivace {

/// The values of a graph for given input sizes; indexed by ValueId.
struct ResolvedGraph {
  std::vector<Operand> values;
  std::vector<bool> computed;          // by NodeId: all its outputs became constants, so no step is needed
  std::vector<ConstantPtr> constants;  // keeps computed values alive
};

/// Errors: predict.inputs, predict.shape, plan.unknown-size, op.*.
Result<ResolvedGraph> resolve(const Graph& graph, std::span<const Shape> input_shapes);

}  // namespace vivace
