// A sum, difference, product or quotient with a constant becomes one scale and shift for each channel.
//
//   x -> multiply/add/subtract/divide(constant, one number or one a channel)
//   x -> scale_shift(k, s)
//
// Rescaling and Normalization layers end here, and then in the weights of what follows or precedes them.
#include "ops/elementwise/binary.h"
#include "ops/normalize/scale_shift.h"
#include "passes/common/affine.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> fold_rescale(const Graph& graph, NodeId id) {
  if (!graph.as<Binary>(id)) return std::nullopt;
  const auto affine = affine_at(graph, id);
  if (!affine || affine->scale.empty()) return std::nullopt;
  const Node& node = graph.node(id);
  ScaleShift op;
  op.activation = affine->activation;
  Patch patch("fold_rescale", id);
  const ValueId k = patch.constant(rounded(affine->scale)), s = patch.constant(rounded(affine->shift));
  patch.replace(node.outputs[0], patch.add(make_op(op), {affine->x, k, s}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
