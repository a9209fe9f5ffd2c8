// A graph as text.
#include "base/text.h"
#include "graph/graph.h"

namespace vivace {
namespace {

std::string value_name(ValueId id) {
  return id == kNoValue ? "-" : text("%{}", static_cast<std::uint32_t>(id));
}

std::string value_type(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  return text("{}{}", name_of(value.dtype), to_text(value.dims, graph.symbols()));
}

std::string ports_text(const Graph& graph, std::string_view indent) {
  std::string all;
  const std::size_t inputs_shown = graph.inputs().size() - graph.state_count();
  for (std::size_t i = 0; i < graph.inputs().size(); ++i) {
    const ValueId id = graph.inputs()[i];
    all += text("{}{} {} {} \"{}\"\n", indent, i < inputs_shown ? "input " : "state ", value_name(id),
                value_type(graph, id), graph.value(id).name);
  }
  return all;
}

std::string results_text(const Graph& graph, std::string_view indent) {
  std::string all;
  const std::size_t outputs_shown = graph.outputs().size() - graph.state_count();
  for (std::size_t i = 0; i < graph.outputs().size(); ++i)
    all += text("{}{} {} \"{}\"\n", indent, i < outputs_shown ? "output" : "next  ",
                value_name(graph.outputs()[i]), graph.output_names()[i]);
  return all;
}

// Bodies stand below their node, further in.
std::string to_text(const Graph& graph, const std::string& indent) {
  std::string all = ports_text(graph, indent);
  for (const Node& node : graph.nodes()) {
    std::string inputs, outputs;
    for (const ValueId id : node.inputs) {
      if (!inputs.empty()) inputs += ", ";
      inputs += value_name(id);
      if (graph.constant(id)) inputs += text(":{}", value_type(graph, id));
    }
    for (const ValueId id : node.outputs) outputs += text("{} {} ", value_name(id), value_type(graph, id));
    all += text("{}{}= {} ({}) \"{}\"\n", indent, outputs, to_text(*node.op), inputs, node.name);
    for (const GraphPtr& body : bodies_of(*node.op))
      all += text("{}  body\n{}", indent, to_text(*body, indent + "    "));
  }
  return all + results_text(graph, indent);
}

}  // namespace

std::string to_text(const Graph& graph) { return to_text(graph, std::string()); }

}  // namespace vivace
