// Running a graph op by op with the operators' own references: the oracle, and the debug mode.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace vivace {

/// Called after each node with its outputs and the seconds it took.
using Observer = std::function<void(NodeId, std::span<const Tensor>, double)>;

/// The graph's outputs. Slow, exact (sums in double), and independent of plans, targets and kernels.
/// Errors: predict.*, op.*.
Result<std::vector<Tensor>> interpret(const Graph& graph, std::span<const TensorView> inputs,
                                      const Observer& observer = {});

}  // namespace vivace
