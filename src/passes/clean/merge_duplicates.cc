// Computes equal things once (common subexpressions).
//
//   x -> f -> a,  x -> f -> b
//   x -> f -> a, b
//
// Compares a node with the earlier readers of its first input; constants are equal when they are one value.
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> merge_duplicates(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.empty() || node.inputs[0] == kNoValue) return std::nullopt;
  for (const NodeId other_id : graph.value(node.inputs[0]).readers) {
    if (other_id >= id) break;
    const Node& other = graph.node(other_id);
    if (other.inputs != node.inputs || other.outputs.size() != node.outputs.size() ||
        !same(*other.op, *node.op))
      continue;
    Patch patch("merge_duplicates", id);
    for (std::size_t k = 0; k < node.outputs.size(); ++k) patch.replace(node.outputs[k], other.outputs[k]);
    return patch;
  }
  return std::nullopt;
}

}  // namespace vivace
