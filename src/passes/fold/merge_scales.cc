// Two scales and shifts in a row are one.
//
//   x -> scale_shift(k, s) -> scale_shift(l, t)
//   x -> scale_shift(k l, s l + t)
#include "ops/normalize/scale_shift.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> merge_scales(const Graph& graph, NodeId id) {
  const auto* second = graph.as<ScaleShift>(id);
  if (!second) return std::nullopt;
  const Node& node = graph.node(id);
  const NodeId before = graph.producer(node.inputs[0]);
  const auto* first = graph.as<ScaleShift>(before);
  if (!first || !first->activation.none() || graph.uses(node.inputs[0]) != 1) return std::nullopt;
  const Node& earlier = graph.node(before);
  const Constant *k = graph.constant(earlier.inputs[1]), *s = graph.constant(earlier.inputs[2]);
  const Constant *l = graph.constant(node.inputs[1]), *t = graph.constant(node.inputs[2]);
  if (!k || !s || !l || !t) return std::nullopt;
  Tensor scale(DType::f32, k->dims()), shift(DType::f32, k->dims());
  for (std::size_t c = 0; c < k->as<float>().size(); ++c) {
    const double kc = static_cast<double>(k->as<float>()[c]), sc = static_cast<double>(s->as<float>()[c]);
    const double lc = static_cast<double>(l->as<float>()[c]), tc = static_cast<double>(t->as<float>()[c]);
    scale.as<float>()[c] = static_cast<float>(kc * lc);
    shift.as<float>()[c] = static_cast<float>(sc * lc + tc);
  }
  Patch patch("merge_scales", id);
  const ValueId a = patch.constant(std::move(scale)), b = patch.constant(std::move(shift));
  patch.replace(node.outputs[0], patch.add(node.op, {earlier.inputs[0], a, b}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
