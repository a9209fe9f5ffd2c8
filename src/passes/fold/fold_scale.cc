// Moves a scale and shift into the weights of the sums that feed it.
//
//   x -> conv(w, b) -> scale_shift(k, s)
//   x -> conv(w k, b k + s)                     the scale_shift's activation becomes the conv's
//
// Does nothing if another node reads the conv: it would have to run twice.
#include "ops/linear/conv.h"
#include "ops/linear/conv_transpose.h"
#include "ops/linear/mat_mul.h"
#include "ops/normalize/scale_shift.h"
#include "passes/fold/scale_weights.h"
#include "passes/pass.h"

namespace vivace {
namespace {

OpPtr with_activation(const Graph& graph, NodeId id, const Activation& activation) {
  const auto changed = [&](auto op) {
    op.epilogue.activation = activation;
    return OpPtr(make_op(std::move(op)));
  };
  if (const auto* conv = graph.as<Conv>(id)) return changed(*conv);
  if (const auto* transpose = graph.as<ConvTranspose>(id)) return changed(*transpose);
  return changed(*graph.as<MatMul>(id));
}

}  // namespace

std::optional<Patch> fold_scale(const Graph& graph, NodeId id) {
  const auto* affine = graph.as<ScaleShift>(id);
  if (!affine) return std::nullopt;
  const Node& node = graph.node(id);
  const Constant *scale = graph.constant(node.inputs[1]), *shift = graph.constant(node.inputs[2]);
  const auto target = scalable_producer(graph, node.inputs[0]);
  if (!scale || !shift || !target || target->channels != scale->as<float>().size()) return std::nullopt;

  const Node& sums = graph.node(target->node);
  Patch patch("fold_scale", target->node);
  const ValueId w = patch.constant(scaled_weights(graph, *target, scale->as<float>()));
  const ValueId b = patch.constant(scaled_bias(graph, *target, scale->as<float>(), shift->as<float>()));
  patch.replace(node.outputs[0], patch.add(with_activation(graph, target->node, affine->activation),
                                           {sums.inputs[0], w, b}, sums.name, sums.origin));
  return patch;
}

}  // namespace vivace
