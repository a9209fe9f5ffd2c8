// Loops and choices: subgraphs that a node of the graph runs.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/operators/families.h"
#include "ops/common/reference.h"

namespace vivace::tflite {
namespace {

// What the operator hands to its subgraphs: a variable, a constant, or an input of the node.
struct Argument {
  std::size_t input;  // of the operator
  bool carried;       // changes from turn to turn
  ValueId value = kNoValue;
  ConstantPtr constant;
  std::optional<std::size_t> variable;

  bool is_input() const { return !variable && !constant; }
};

// A subgraph while it becomes a graph of its own.
struct Body {
  Body(Call& call, std::int64_t number)
      : builder(call.builder()),
        scope(*builder.model(), static_cast<std::size_t>(number)),
        subgraph(builder.model()->subgraphs[scope.subgraph]) {
    scope.initialising = call.scope().initialising;
  }
  GraphPtr take() { return std::make_shared<const Graph>(builder.take_graph()); }

  Builder builder;
  Scope scope;
  const Subgraph& subgraph;
};

// Whether there is such a subgraph, with so many inputs and outputs.
bool fits(Call& call, std::int64_t number, std::size_t inputs, std::size_t outputs) {
  const Model& model = *call.builder().model();
  if (number < 0 || static_cast<std::size_t>(number) >= model.subgraphs.size()) {
    call.mistake(text("it runs subgraph {} of {}", number, model.subgraphs.size()));
    return false;
  }
  const Subgraph& graph = model.subgraphs[static_cast<std::size_t>(number)];
  if (graph.inputs.size() == inputs && graph.outputs.size() == outputs) return true;
  call.mistake(text("subgraph {} has {} inputs and {} outputs, and is run on {} for {}", number,
                    graph.inputs.size(), graph.outputs.size(), inputs, outputs));
  return false;
}

// A constant, or integers that are known although a node makes them; nullptr for all else.
ConstantPtr known(Builder& builder, ValueId id) {
  const Value& value = builder.graph().value(id);
  if (value.constant) return value.constant;
  const auto content = builder.content(id);
  const auto dims = numbers(value.dims);
  if (!content || !dims || !all_known(*content) ||
      count_of(*dims) != static_cast<std::int64_t>(content->size()))
    return nullptr;
  vivace::Tensor tensor(value.dtype, *dims);
  for (std::size_t i = 0; i < content->size(); ++i)
    store_integer(tensor.view(), static_cast<std::int64_t>(i), (*content)[i].number());
  return Constant::own(std::move(tensor));
}

Argument argument(Call& call, std::size_t input, bool carried) {
  Argument made{input, carried, kNoValue, nullptr, std::nullopt};
  if (call.tensor(input).type == Type::resource) {
    const auto found = call.scope().handles.find(call.op().inputs[input]);
    if (found == call.scope().handles.end())
      call.mistake(text("input {} is no variable", input));
    else if (carried)
      call.refuse("it changes which variable is meant", "convert the model with one name for each variable");
    else
      made.variable = found->second;
    return made;
  }
  made.value = call.input(input);
  if (call.failed()) return made;
  if (call.scope().imaginary[static_cast<std::size_t>(call.op().inputs[input])] != kNoValue)
    call.refuse("it takes complex numbers", "convert the model with their parts apart");
  else if (!carried)
    made.constant = known(call.builder(), made.value);
  return made;
}

// Gives input i of a subgraph its value there.
void hand_in(Call& call, Body& body, std::size_t i, const Argument& argument) {
  const std::int32_t tensor = body.subgraph.inputs[i];
  const TensorRecord& record = body.subgraph.tensors[static_cast<std::size_t>(tensor)];
  ValueId& place = body.scope.values[static_cast<std::size_t>(tensor)];
  if (argument.variable) {
    body.scope.handles[tensor] = *argument.variable;
    return;
  }
  const Value& given = call.builder().graph().value(argument.value);
  if (place != kNoValue || record.constant || record.variable)
    return call.mistake(text("input {} of subgraph {} has a value already", i, body.scope.subgraph));
  if (dtype_of(record.type) != given.dtype)
    return call.mistake(text("input {} of subgraph {} is {}, and is given {}", i, body.scope.subgraph,
                             name_of(record.type), vivace::name_of(given.dtype)));
  if (argument.constant) {
    place = body.builder.graph().add_constant(argument.constant, given.name);
    return;
  }
  const std::string name = record.name.empty() ? text("input_{}", i) : std::string(record.name);
  place = body.builder.graph().add_input(name, given.dtype, given.dims);
  if (const auto content = argument.carried ? std::nullopt : call.builder().content(argument.value))
    body.builder.set_content(place, *content);
  body.builder.name_number(place);
}

// Runs a subgraph and makes the wanted ones of its outputs the graph's. Variables that `before` captured come
// first among those that it captures.
void build(Call& call, Body& body, const std::vector<Argument>& arguments, const std::vector<bool>& wanted,
           const Body* before = nullptr) {
  for (std::size_t i = 0; i < arguments.size() && !call.failed(); ++i) hand_in(call, body, i, arguments[i]);
  if (call.failed()) return;
  if (before)
    for (const Builder::Captured& one : before->builder.captured()) body.builder.capture(one);
  body.builder.run(body.scope);
  for (std::size_t k = 0; k < wanted.size() && !body.builder.failed(); ++k) {
    if (!wanted[k]) continue;
    const std::int32_t tensor = body.subgraph.outputs[k];
    const ValueId made = body.builder.value(body.scope, tensor, call.place());
    if (body.builder.failed()) break;
    if (made == kNoValue || body.scope.imaginary[static_cast<std::size_t>(tensor)] != kNoValue)
      return call.refuse(
          text("output {} of subgraph {} is no tensor of real numbers", k, body.scope.subgraph),
          "convert the model with outputs of real numbers");
    body.builder.graph().add_output(made, text("output_{}", k));
  }
  if (body.builder.failed()) call.builder().fail(body.builder.status().error());
}

// Makes `a` capture what `b` captured besides; the variables that one of them changes.
std::vector<std::size_t> changed_variables(Body& a, Body& b) {
  for (std::size_t i = a.builder.captured().size(); i < b.builder.captured().size(); ++i)
    a.builder.capture(b.builder.captured()[i]);
  std::vector<std::size_t> changed;
  for (const Builder::Captured& one : a.builder.captured())
    if (a.builder.variable_changed(one.variable) || b.builder.variable_changed(one.variable))
      changed.push_back(one.variable);
  return changed;
}

void hand_out_variables(Body& body, const std::vector<std::size_t>& variables) {
  for (const std::size_t number : variables)
    body.builder.graph().add_output(body.builder.variable_now(number), text("variable_{}", number));
}

std::vector<ValueId> node_inputs(const std::vector<Argument>& arguments, const Body& body) {
  std::vector<ValueId> inputs;
  for (const Argument& one : arguments)
    if (one.is_input()) inputs.push_back(one.value);
  for (const Builder::Captured& one : body.builder.captured()) inputs.push_back(one.outside);
  return inputs;
}

// The numbers of the node's inputs that are carried: arguments first, then variables.
std::vector<std::int64_t> carries_of(const std::vector<Argument>& arguments, const Body& body,
                                     const std::vector<std::size_t>& changed) {
  std::vector<std::int64_t> carries;
  std::int64_t number = 0;
  for (const Argument& one : arguments) {
    if (one.carried) carries.push_back(number);
    number += one.is_input();
  }
  for (const Builder::Captured& one : body.builder.captured()) {
    if (std::ranges::find(changed, one.variable) != changed.end()) carries.push_back(number);
    ++number;
  }
  return carries;
}

// The operator's outputs: what a loop does not carry is what came in.
void take_outputs(Call& call, const std::vector<Argument>& arguments, const std::vector<ValueId>& made,
                  const std::vector<std::size_t>& changed) {
  if (call.failed()) return;
  std::size_t next = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Argument& one = arguments[i];
    if (one.variable && call.op().outputs[i] >= 0) call.scope().handles[call.op().outputs[i]] = *one.variable;
    call.output(one.carried ? made[next++] : one.value);
  }
  for (const std::size_t number : changed) call.builder().assign_variable(number, made[next++]);
}

void while_loop(Call& call) {
  const auto& o = call.options<schema::WhileOptions>();
  const std::size_t count = call.input_count();
  if (call.output_count() != count)
    return call.mistake(text("it has {} inputs and {} outputs", count, call.output_count()));
  if (!fits(call, o.cond_subgraph_index(), count, 1) || !fits(call, o.body_subgraph_index(), count, count))
    return;
  Body body(call, o.body_subgraph_index()), condition(call, o.cond_subgraph_index());
  std::vector<Argument> arguments;
  std::vector<bool> carried;
  for (std::size_t i = 0; i < count && !call.failed(); ++i) {
    carried.push_back(body.subgraph.outputs[i] != body.subgraph.inputs[i]);
    arguments.push_back(argument(call, i, carried[i]));
  }
  if (!call.failed()) build(call, body, arguments, carried);
  if (!call.failed()) build(call, condition, arguments, {true}, &body);
  if (call.failed()) return;
  const std::vector<std::size_t> changed = changed_variables(body, condition);
  for (const std::size_t number : changed)
    if (condition.builder.variable_changed(number))
      return call.refuse("its condition changes a variable", "change it in the loop's body");
  hand_out_variables(body, changed);
  While op;
  op.carries = carries_of(arguments, body, changed);
  const std::vector<ValueId> inputs = node_inputs(arguments, body);
  op.graphs = {condition.take(), body.take()};
  take_outputs(call, arguments, call.add_many(std::move(op), inputs), changed);
}

void choice(Call& call) {
  const auto& o = call.options<schema::IfOptions>();
  const ValueId condition = call.input();
  if (call.failed()) return;
  const std::size_t count = call.input_count() - 1, outputs = call.output_count();
  if (!fits(call, o.then_subgraph_index(), count, outputs) ||
      !fits(call, o.else_subgraph_index(), count, outputs))
    return;
  Body then(call, o.then_subgraph_index()), otherwise(call, o.else_subgraph_index());
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < count && !call.failed(); ++i) arguments.push_back(argument(call, i + 1, false));
  const std::vector<bool> all(outputs, true);
  if (!call.failed()) build(call, then, arguments, all);
  if (!call.failed()) build(call, otherwise, arguments, all, &then);
  if (call.failed()) return;
  const std::vector<std::size_t> changed = changed_variables(then, otherwise);
  hand_out_variables(then, changed);
  hand_out_variables(otherwise, changed);
  std::vector<ValueId> inputs = node_inputs(arguments, then);
  inputs.insert(inputs.begin(), condition);
  If op;
  op.graphs = {then.take(), otherwise.take()};
  const std::vector<ValueId> made = call.add_many(std::move(op), inputs);
  if (call.failed()) return;
  for (std::size_t k = 0; k < outputs; ++k) call.output(made[k]);
  for (std::size_t k = 0; k < changed.size(); ++k)
    call.builder().assign_variable(changed[k], made[outputs + k]);
}

constexpr auto kMoved = Quantised::moved;

constexpr Rule kRules[] = {
    {Code::WHILE, while_loop, OptionsKind::WhileOptions, kMoved},
    {Code::IF, choice, OptionsKind::IfOptions, kMoved},
};

}  // namespace

std::span<const Rule> body_rules() { return kRules; }

}  // namespace vivace::tflite
