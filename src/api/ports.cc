// Inputs and outputs as users see them, and the check of what users give.
#include <algorithm>

#include "api/impl.h"
#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

Port port_of(const Graph& graph, ValueId id, std::string name) {
  const Value& value = graph.value(id);
  Port port{std::move(name), value.dtype, {}, {}};
  for (const Dim& dim : value.dims) {
    port.dims.push_back(dim.known() ? dim.number() : -1);
    const std::string bracketed = to_text(Dims{dim}, graph.symbols());
    port.dim_names.push_back(dim.known() ? std::string() : bracketed.substr(1, bracketed.size() - 2));
  }
  return port;
}

std::string names_of(std::span<const Port> ports) {
  std::vector<std::string> names;
  for (const Port& port : ports) names.push_back(text("\"{}\"", port.name));
  return join(names, ", ");
}

}  // namespace

std::vector<Port> input_ports(const Graph& graph) {
  std::vector<Port> ports;
  for (const ValueId id : graph.inputs()) ports.push_back(port_of(graph, id, graph.value(id).name));
  return ports;
}

std::vector<Port> output_ports(const Graph& graph) {
  std::vector<Port> ports;
  for (std::size_t i = 0; i < graph.outputs().size(); ++i)
    ports.push_back(port_of(graph, graph.outputs()[i], graph.output_names()[i]));
  return ports;
}

Status check_inputs(const Model::Impl& model, std::span<const TensorView> inputs) {
  if (inputs.size() != model.inputs.size())
    return Error("predict.inputs",
                 text("{} inputs were given, the model has {}", inputs.size(), model.inputs.size()))
        .why(text("it wants {}", names_of(model.inputs)))
        .fix("give one tensor for each input, in that order");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Port& port = model.inputs[i];
    if (inputs[i].dtype != port.dtype)
      return Error("predict.dtype", text("input \"{}\" is {}, the model wants {}", port.name,
                                         name_of(inputs[i].dtype), name_of(port.dtype)))
          .fix(text("convert it: array.astype(\"{}\")", name_of(port.dtype)));
    if (!checked_count(inputs[i].dims))
      return Error("predict.shape",
                   text("input \"{}\" has the impossible shape {}", port.name, to_text(inputs[i].dims)));
    if (inputs[i].data == nullptr && inputs[i].count() != 0)
      return Error("predict.inputs", text("input \"{}\" has no data", port.name));
  }
  return {};
}

}  // namespace vivace
