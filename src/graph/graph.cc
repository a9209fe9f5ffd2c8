#include "graph/graph.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

template <class Id>
Id id_of(std::size_t index) {
  return static_cast<Id>(static_cast<std::uint32_t>(index));
}

}  // namespace

Dim Graph::symbol(const std::string& name) {
  const auto found = std::find(symbols_.begin(), symbols_.end(), name);
  const auto index = static_cast<std::int32_t>(found - symbols_.begin());
  if (found == symbols_.end()) symbols_.push_back(name);
  return Dim::symbol(index + 1);
}

ValueId Graph::add_input(std::string name, DType dtype, Dims dims) {
  Value value;
  value.dtype = dtype;
  value.dims = std::move(dims);
  value.name = std::move(name);
  values_.push_back(std::move(value));
  const auto id = id_of<ValueId>(values_.size() - 1);
  inputs_.insert(inputs_.end() - static_cast<std::ptrdiff_t>(state_count_), id);
  return id;
}

ValueId Graph::add_constant(ConstantPtr constant, std::string name) {
  Value value;
  value.dtype = constant->dtype();
  value.dims = known_dims(constant->dims());
  value.name = std::move(name);
  value.constant = std::move(constant);
  values_.push_back(std::move(value));
  return id_of<ValueId>(values_.size() - 1);
}

Result<std::vector<ValueId>> Graph::add_node(OpPtr op, std::vector<ValueId> inputs, std::string name,
                                             std::string origin) {
  auto inferred = op->infer(facts(inputs));
  if (!inferred.ok()) return std::move(inferred).error().within(text("node \"{}\"", name));
  Node node{std::move(op), std::move(inputs), {}, std::move(name), std::move(origin)};
  const auto id = id_of<NodeId>(nodes_.size());
  for (Fact& fact : *inferred) {
    Value value;
    value.kind = fact.kind;
    value.dtype = fact.dtype;
    value.dims = std::move(fact.dims);
    value.producer = id;
    values_.push_back(std::move(value));
    node.outputs.push_back(id_of<ValueId>(values_.size() - 1));
  }
  for (const ValueId input : node.inputs)
    if (input != kNoValue) values_[static_cast<std::size_t>(input)].readers.push_back(id);
  nodes_.push_back(std::move(node));
  return nodes_.back().outputs;
}

Result<ValueId> Graph::add(OpPtr op, std::vector<ValueId> inputs, std::string name, std::string origin) {
  VIVACE_TRY(const std::vector<ValueId> outputs,
             add_node(std::move(op), std::move(inputs), std::move(name), std::move(origin)));
  return outputs.front();
}

void Graph::add_output(ValueId value, std::string name) {
  const auto states = static_cast<std::ptrdiff_t>(state_count_);
  outputs_.insert(outputs_.end() - states, value);
  output_names_.insert(output_names_.end() - states, std::move(name));
}

void Graph::add_state(ValueId now, ValueId next) {
  inputs_.erase(std::find(inputs_.begin(), inputs_.end(), now));
  inputs_.push_back(now);
  outputs_.push_back(next);
  output_names_.push_back(value(now).name);
  ++state_count_;
}

bool Graph::is_output(ValueId id) const {
  return std::find(outputs_.begin(), outputs_.end(), id) != outputs_.end();
}

std::size_t Graph::uses(ValueId id) const {
  return value(id).readers.size() +
         static_cast<std::size_t>(std::count(outputs_.begin(), outputs_.end(), id));
}

Fact fact_of_value(const Value& value) {
  Fact fact{value.kind, value.dtype, value.dims, nullptr, false};
  if (value.constant && !value.constant->is_later()) fact.constant = &value.constant->tensor();
  return fact;
}

Fact Graph::fact(ValueId id) const {
  Fact fact;
  if (id == kNoValue) {
    fact.absent = true;
    return fact;
  }
  return fact_of_value(value(id));
}

std::size_t count_values(const Graph& graph) {
  std::size_t count = graph.value_count();
  for (const Node& node : graph.nodes())
    for (const GraphPtr& body : bodies_of(*node.op)) count += count_values(*body);
  return count;
}

std::size_t constant_bytes(const Graph& graph) {
  std::size_t bytes = 0;
  for (std::size_t id = 0; id < graph.value_count(); ++id)
    if (const Constant* constant = graph.constant(id_of<ValueId>(id))) bytes += constant->bytes();
  for (const Node& node : graph.nodes())
    for (const GraphPtr& body : bodies_of(*node.op)) bytes += constant_bytes(*body);
  return bytes;
}

std::vector<Fact> Graph::facts(std::span<const ValueId> ids) const {
  std::vector<Fact> result;
  result.reserve(ids.size());
  for (const ValueId id : ids) result.push_back(fact(id));
  return result;
}

}  // namespace vivace
