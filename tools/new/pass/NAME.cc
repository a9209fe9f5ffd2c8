// @Name@: says what it replaces by what, as algebra.
//
//   x -> identity
//   x
//
// Says when it does nothing, and why.
#include "ops/elementwise/unary.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> @name@(const Graph& graph, NodeId id) {
  const auto* unary = graph.as<Unary>(id);
  if (!unary || !unary->function.none()) return std::nullopt;
  const Node& node = graph.node(id);
  Patch patch("@name@", id);
  patch.replace(node.outputs[0], node.inputs[0]);
  return patch;
}

}  // namespace vivace
