// An addition of one constant for each channel becomes the bias of the sums before it.
//
//   x -> conv(w, b) -> add(constant [C])
//   x -> conv(w, b + constant)
#include "ops/elementwise/binary.h"
#include "passes/fold/scale_weights.h"
#include "passes/pass.h"

namespace vivace {
namespace {

// The constant side of a plain addition to `sums`, if it has one number for each channel and no more axes.
const Constant* added_constant(const Graph& graph, const Node& node, ValueId& sums) {
  for (const std::size_t side : {0u, 1u}) {
    const Constant* const constant = graph.constant(node.inputs[side]);
    if (!constant || constant->dtype() != DType::f32) continue;
    sums = node.inputs[1 - side];
    const Dims& dims = graph.value(sums).dims;
    const Shape& added = constant->dims();
    if (dims.empty() || added.empty() || added.size() > dims.size() || !dims.back().same(Dim(added.back())))
      return nullptr;
    return count_of(added) == added.back() ? constant : nullptr;
  }
  return nullptr;
}

}  // namespace

std::optional<Patch> fold_bias(const Graph& graph, NodeId id) {
  const auto* add = graph.as<Binary>(id);
  if (!add || add->kind != Binary::Kind::add || !add->activation.none()) return std::nullopt;
  const Node& node = graph.node(id);
  ValueId sums_value = kNoValue;
  const Constant* const constant = added_constant(graph, node, sums_value);
  const auto target = constant ? scalable_producer(graph, sums_value) : std::nullopt;
  if (!target || target->channels != constant->as<float>().size()) return std::nullopt;

  const Node& sums = graph.node(target->node);
  const std::vector<float> ones(target->channels, 1.0f);
  Patch patch("fold_bias", target->node);
  const ValueId b = patch.constant(scaled_bias(graph, *target, ones, constant->as<float>()));
  patch.replace(node.outputs[0],
                patch.add(sums.op, {sums.inputs[0], sums.inputs[1], b}, sums.name, sums.origin));
  return patch;
}

}  // namespace vivace
