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
  Port port{std::move(name), value.dtype, {}, {}, {}};
  for (const Dim& dim : value.dims) {
    port.dims.push_back(dim.known() ? dim.number() : -1);
    const std::string bracketed = to_text(Dims{dim}, graph.symbols());
    port.dim_names.push_back(dim.known() ? std::string() : bracketed.substr(1, bracketed.size() - 2));
  }
  return port;
}

void add_cards(const std::vector<TensorCard>& cards, std::vector<Port>& ports) {
  for (std::size_t i = 0; i < ports.size() && i < cards.size(); ++i) ports[i].card = cards[i];
}

// Whether every string that has bytes says where they are.
bool has_texts(const TensorView& strings) {
  const auto* const first = strings.as<StringView>();
  return std::all_of(first, first + strings.count(),
                     [](const StringView& s) { return s.size == 0 || s.data != nullptr; });
}

std::string names_of(std::span<const Port> ports) {
  std::vector<std::string> names;
  for (const Port& port : ports) names.push_back(text("\"{}\"", port.name));
  return join(names, ", ");
}

}  // namespace

std::vector<Port> input_ports(const Graph& graph, const MeasuredInputs& measured, const ModelCard& card) {
  std::vector<Port> ports;
  const std::size_t shown = graph.inputs().size() - graph.state_count() - measured.count();
  for (const ValueId id : graph.inputs().first(shown))
    ports.push_back(port_of(graph, id, graph.value(id).name));
  add_cards(card.inputs, ports);
  return ports;
}

std::vector<Port> output_ports(const Graph& graph, const ModelCard& card) {
  std::vector<Port> ports;
  const std::size_t shown = graph.outputs().size() - graph.state_count();
  for (std::size_t i = 0; i < shown; ++i)
    ports.push_back(port_of(graph, graph.outputs()[i], graph.output_names()[i]));
  add_cards(card.outputs, ports);
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
    if (port.dtype == DType::string && !has_texts(inputs[i]))
      return Error("predict.inputs", text("a string of input \"{}\" has a size but no bytes", port.name));
  }
  return {};
}

Status check_outputs(const Model::Impl& model, const Plan& plan, std::span<const MutableTensorView> outputs) {
  if (outputs.size() != plan.output_shapes.size())
    return Error("predict.outputs", text("memory for {} outputs was given, the model has {}",
                                         outputs.size() - model.graph.state_count(), model.shown_outputs()));
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].dtype != plan.output_dtypes[i] ||
        !std::ranges::equal(outputs[i].dims, plan.output_shapes[i]) ||
        (outputs[i].data == nullptr && outputs[i].count() != 0))
      return Error("predict.shape",
                   text("output \"{}\" is {}{}, the memory given is {}{}", model.outputs[i].name,
                        name_of(plan.output_dtypes[i]), to_text(plan.output_shapes[i]),
                        name_of(outputs[i].dtype), to_text(outputs[i].dims)))
          .fix("Model::output_shapes() tells the sizes beforehand");
  return {};
}

}  // namespace vivace
