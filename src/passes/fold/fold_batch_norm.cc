// Turns an inference-time batch norm into a scale and a shift for each channel.
//
//   x -> batch_norm(mean, variance, gamma, beta)
//   x -> scale_shift(k, beta - mean k)             k = gamma / sqrt(variance + epsilon)
//
// Those that follow a convolution go into its weights before, in fold_scale, and are rounded but once.
#include "ops/normalize/batch_norm.h"
#include "ops/normalize/scale_shift.h"
#include "passes/common/affine.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> fold_batch_norm(const Graph& graph, NodeId id) {
  if (!graph.as<BatchNorm>(id)) return std::nullopt;
  const auto affine = affine_at(graph, id);
  if (!affine) return std::nullopt;
  const Node& node = graph.node(id);
  Patch patch("fold_batch_norm", id);
  const ValueId k = patch.constant(rounded(affine->scale)), s = patch.constant(rounded(affine->shift));
  patch.replace(node.outputs[0], patch.add(make_op(ScaleShift{}), {affine->x, k, s}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
