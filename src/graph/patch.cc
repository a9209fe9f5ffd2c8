#include "graph/patch.h"

#include "graph/editor.h"

namespace vivace {

ValueId Patch::constant(ConstantPtr constant, std::string name) {
  values_.push_back({std::move(constant), std::move(name)});
  return static_cast<ValueId>(kFirstNew + static_cast<std::uint32_t>(values_.size() - 1));
}

ValueId Patch::add(OpPtr op, std::vector<ValueId> inputs, std::string name, std::string origin,
                   std::size_t outputs) {
  Node node{std::move(op), std::move(inputs), {}, std::move(name), std::move(origin)};
  for (std::size_t k = 0; k < outputs; ++k) node.outputs.push_back(constant(ConstantPtr()));
  const ValueId first = node.outputs.front();
  nodes_.push_back({std::move(node)});
  return first;
}

Status apply(Graph& graph, const Patch& patch) {
  GraphEditor editor(graph);
  Status status = editor.apply(patch);
  editor.compact();
  return status;
}

std::size_t remove_dead(Graph& graph) { return GraphEditor(graph).compact(); }

}  // namespace vivace
