// Two scales and shifts in a row are one.
//
//   x -> scale_shift(k, s) -> scale_shift(l, t)
//   x -> scale_shift(k l, s l + t)
//
// Either may still be a batch norm, or a sum or product with constants. Does nothing if another node reads
// what lies between, or the first ends in a function.
#include "ops/normalize/scale_shift.h"
#include "passes/common/affine.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> merge_scales(const Graph& graph, NodeId id) {
  const auto second = affine_at(graph, id);
  if (!second || graph.uses(second->x) != 1) return std::nullopt;
  const auto first = affine_at(graph, graph.producer(second->x));
  if (!first || !first->activation.none() || !first->finite() || !second->finite()) return std::nullopt;
  Affine both = *second;
  for (std::size_t c = 0; c < both.scale.size(); ++c) {
    both.scale[c] = first->scale[c] * second->scale[c];
    both.shift[c] = first->shift[c] * second->scale[c] + second->shift[c];
  }
  if (!both.finite()) return std::nullopt;
  const Node& node = graph.node(id);
  ScaleShift op;
  op.activation = second->activation;
  Patch patch("merge_scales", id);
  const ValueId k = patch.constant(rounded(both.scale)), s = patch.constant(rounded(both.shift));
  patch.replace(node.outputs[0], patch.add(make_op(op), {first->x, k, s}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
