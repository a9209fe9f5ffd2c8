// An addition of one constant for each channel becomes the bias of the sums before it.
//
//   x -> conv(w, b) -> add(constant [C])
//   x -> conv(w, b + constant)                  the addition's activation becomes the conv's
//
// The weights stay as they are, so they need not be constant.
#include "passes/common/affine.h"
#include "passes/common/linear.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> fold_bias(const Graph& graph, NodeId id) {
  const auto affine = affine_at(graph, id);
  if (!affine || !affine->shifts_only()) return std::nullopt;
  const auto sums = sums_behind(graph, affine->x);
  if (!sums || sums->channels != affine->shift.size()) return std::nullopt;
  const Node& node = graph.node(sums->node);
  Patch patch("fold_bias", id);
  const ValueId b = patch.constant(scaled_bias(*sums, affine->scale, affine->shift));
  patch.replace(graph.node(id).outputs[0],
                patch.add(ending_in(graph, sums->node, affine->activation),
                          {node.inputs[0], node.inputs[1], b}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
