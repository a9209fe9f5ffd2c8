// A reshape of a reshape needs only the last.
//
//   x -> reshape -> reshape(target)
//   x -> reshape(target')
//
// Where the sizes are known but for one, the target can be said without the middle; otherwise nothing is
// done.
#include "ops/movement/reshape.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> merge_reshapes(const Graph& graph, NodeId id) {
  if (!graph.as<Reshape>(id)) return std::nullopt;
  const Node& node = graph.node(id);
  const NodeId before = graph.producer(node.inputs[0]);
  if (!graph.as<Reshape>(before)) return std::nullopt;
  const ValueId source = graph.node(before).inputs[0];
  const Dims& from = graph.value(source).dims;
  Reshape merged;
  std::size_t open = 0;
  for (const Dim& dim : graph.value(node.outputs[0]).dims) {
    const std::size_t axis = merged.target.size();
    if (dim.known() && dim.number() > 0)
      merged.target.push_back(dim.number());
    else if (axis < from.size() && from[axis].same(dim))
      merged.target.push_back(Reshape::keep(static_cast<std::int64_t>(axis)));
    else
      merged.target.push_back(Reshape::kInfer), ++open;
  }
  if (open > 1) return std::nullopt;
  const auto facts = merged.infer({{graph.fact(source)}});
  if (!facts.ok() || (*facts)[0].dims != graph.value(node.outputs[0]).dims) return std::nullopt;
  Patch patch("merge_reshapes", id);
  patch.replace(node.outputs[0], patch.add(make_op(merged), {source}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
