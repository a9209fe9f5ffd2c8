// Moves a scale and shift into the weights of the sums that feed it.
//
//   x -> conv(w, b) -> scale_shift(k, s)
//   x -> conv(w k, b k + s)                     the scale_shift's activation becomes the conv's
//
// The scale_shift may still be a batch norm, or a product with a constant. Does nothing if another node reads
// the conv: it would have to run twice.
#include "passes/common/affine.h"
#include "passes/common/linear.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> fold_scale(const Graph& graph, NodeId id) {
  const auto affine = affine_at(graph, id);
  if (!affine || affine->shifts_only() || !affine->finite()) return std::nullopt;
  const auto sums = sums_behind(graph, affine->x);
  if (!sums || !sums->weights || sums->channels != affine->scale.size()) return std::nullopt;
  const Node& node = graph.node(sums->node);
  Patch patch("fold_scale", id);
  const ValueId w = patch.constant(scaled_weights(*sums, affine->scale));
  const ValueId b = patch.constant(scaled_bias(*sums, affine->scale, affine->shift));
  patch.replace(graph.node(id).outputs[0], patch.add(ending_in(graph, sums->node, affine->activation),
                                                     {node.inputs[0], w, b}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
