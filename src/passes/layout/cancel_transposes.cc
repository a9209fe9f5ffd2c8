// Two transposes in a row are one, or none; one that moves only axes of size 1 is a reshape.
//
//   x -> transpose(p) -> transpose(q)
//   x -> transpose(p after q)           nothing at all where that is the order there was
#include "ops/movement/reshape.h"
#include "ops/movement/transpose.h"
#include "passes/pass.h"

namespace vivace {
namespace {

using Numbers = std::vector<std::int64_t>;

// Whether the axes that are not surely of size 1 keep their order.
bool moves_nothing(const Dims& dims, const Numbers& order) {
  std::int64_t before = -1;
  for (const std::int64_t axis : order) {
    if (dims[static_cast<std::size_t>(axis)] == Dim(1)) continue;
    if (axis < before) return false;
    before = axis;
  }
  return true;
}

OpPtr reshape_for(const Numbers& order) {
  Reshape reshape;
  for (const std::int64_t axis : order) reshape.target.push_back(Reshape::keep(axis));
  return make_op(std::move(reshape));
}

}  // namespace

std::optional<Patch> cancel_transposes(const Graph& graph, NodeId id) {
  const auto* last = graph.as<Transpose>(id);
  if (!last) return std::nullopt;
  const Node& node = graph.node(id);
  const NodeId before = graph.producer(node.inputs[0]);
  const auto* first = graph.as<Transpose>(before);
  Transpose both = *last;
  const ValueId x = first ? graph.node(before).inputs[0] : node.inputs[0];
  bool in_order = true;
  for (std::size_t i = 0; i < both.order.size(); ++i) {
    if (first) both.order[i] = first->order[static_cast<std::size_t>(last->order[i])];
    in_order = in_order && both.order[i] == static_cast<std::int64_t>(i);
  }
  const bool is_view = moves_nothing(graph.value(x).dims, both.order);
  if (!first && !is_view) return std::nullopt;
  Patch patch("cancel_transposes", id);
  const OpPtr op = is_view ? reshape_for(both.order) : make_op(both);
  patch.replace(node.outputs[0], in_order ? x : patch.add(op, {x}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
