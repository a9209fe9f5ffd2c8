// Running the operators of a file in order, and the nodes that come of it.
#include "import/tflite/build/builder.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "import/tflite/build/call.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/build/rule.h"
#include "ops/common/reference.h"

namespace vivace::tflite {
namespace {

constexpr std::size_t kDeepest = 16;
constexpr int kMostAxes = 32;
constexpr std::size_t kMostOperators = 500'000;  // subgraphs that call subgraphs multiply them
constexpr std::size_t kMostTensors = 16'000'000;

std::string readable(std::string_view name, std::string_view otherwise) {
  return std::string(name.empty() ? otherwise : name);
}

// Names of the inputs or outputs: a signature's, or the tensors' own.
std::vector<Signature::Port> ports_of(std::span<const std::int32_t> tensors, const Subgraph& graph,
                                      const std::vector<Signature::Port>* named) {
  if (named) return *named;
  std::vector<Signature::Port> ports;
  for (const std::int32_t tensor : tensors)
    ports.push_back({graph.tensors[static_cast<std::size_t>(tensor)].name, tensor});
  return ports;
}

}  // namespace

Builder::Builder(Builder& outer) : model_(outer.model_), options_(outer.options_), outer_(&outer) {
  for (const std::string& symbol : outer.graph_.symbols()) graph_.symbol(symbol);
}

void Builder::build(std::size_t subgraph, const Signature* signature) {
  Scope scope(*model_, subgraph);
  check_sizes();
  if (!failed()) add_inputs(scope, signature);
  if (!failed()) check_resized();
  run(scope);
  add_outputs(scope, signature);
}

// The sizes that the caller gives, else those of the file, of which some may be open.
Dims Builder::input_dims(std::string_view input, const TensorRecord& tensor) {
  for (const auto& [name, sizes] : options_.input_sizes)
    if (name == input) return known_dims(sizes);
  Dims dims = known_dims(tensor.shape());
  for (std::size_t axis = 0; axis < tensor.signature.size(); ++axis)
    if (tensor.signature[axis] < 0)
      dims[axis] = graph_.symbol(axis == 0 ? "batch" : text("{}_{}", input, axis));
  return dims;
}

void Builder::check_sizes() {
  for (const auto& [name, sizes] : options_.input_sizes)
    if (sizes.size() > static_cast<std::size_t>(kMostAxes) || !checked_count(sizes))
      return fail(
          Error("import.resize", text("input \"{}\" cannot have the sizes {}", name, vivace::to_text(sizes)))
              .at(model_->name)
              .fix("give sizes of 0 or more whose product fits into memory"));
}

void Builder::check_resized() {
  std::vector<std::string_view> names;
  for (const ValueId input : graph_.inputs()) names.push_back(graph_.value(input).name);
  for (const auto& [name, sizes] : options_.input_sizes)
    if (std::find(names.begin(), names.end(), name) == names.end())
      return fail(Error("import.resize",
                        text("the model has no input \"{}\" to resize{}", name, did_you_mean(name, names)))
                      .at(model_->name));
}

void Builder::add_inputs(Scope& scope, const Signature* signature) {
  const Subgraph& graph = model_->subgraphs[scope.subgraph];
  std::size_t number = 0;
  for (const auto& port : ports_of(graph.inputs, graph, signature ? &signature->inputs : nullptr)) {
    const TensorRecord& tensor = graph.tensors[static_cast<std::size_t>(port.tensor)];
    const auto dtype = dtype_of(tensor.type);
    if (!dtype)
      return fail(Error("import.unsupported", text("input \"{}\" is of {}", port.name, name_of(tensor.type)))
                      .at(model_->name)
                      .fix("convert the model with inputs of numbers"));
    ValueId& place = scope.values[static_cast<std::size_t>(port.tensor)];
    const std::string name = unique(readable(port.name, text("input_{}", number++)));
    Dims dims = input_dims(name, tensor);
    if (place != kNoValue) continue;
    place = graph_.add_input(name, *dtype, std::move(dims));
    input_tensors_.push_back(port.tensor);
  }
}

void Builder::add_outputs(Scope& scope, const Signature* signature) {
  const Subgraph& graph = model_->subgraphs[scope.subgraph];
  std::map<std::string, int> seen;
  for (const auto& port : ports_of(graph.outputs, graph, signature ? &signature->outputs : nullptr)) {
    const ValueId found =
        value(scope, port.tensor, text("{}:subgraph {}, outputs", model_->name, scope.subgraph));
    if (failed()) return;
    std::string name = readable(port.name, text("output_{}", seen.size()));
    if (const int before = seen[name]++) name = text("{}_{}", name, before);
    graph_.add_output(found, name);
    output_tensors_.push_back(port.tensor);
  }
  for (const Variable& variable : variables_)
    if (variable.at_start != kNoValue) graph_.add_state(variable.at_start, variable.now);
  if (started_ == kNoValue) return;
  vivace::Tensor yes(DType::boolean, {});
  yes.as<std::uint8_t>()[0] = 1;
  const ValueId one = graph_.add_constant(std::move(yes), "started/yes");
  const auto now = add(make_op(with(Binary{}, &Binary::kind, Binary::Kind::logical_or)), {started_, one},
                       "started/now", "state");
  if (!now.empty()) graph_.add_state(started_, now.front());
}

void Builder::run(Scope& scope) {
  const Subgraph& graph = model_->subgraphs[scope.subgraph];
  Builder& all = root();
  all.operators_ += graph.operators.size();
  all.tensors_ += graph.tensors.size();
  if (std::ranges::find(all.running_, scope.subgraph) != all.running_.end())
    return fail(Error("import.limit", text("subgraph {} runs itself", scope.subgraph))
                    .at(text("{}:subgraph {}", model_->name, scope.subgraph))
                    .fix("the file is damaged: convert the model again"));
  all.running_.push_back(scope.subgraph);
  if (all.running_.size() > kDeepest || all.operators_ > kMostOperators || all.tensors_ > kMostTensors)
    fail(Error("import.limit",
               text("subgraphs call each other more than {} deep, or run {} operators on {} tensors",
                    kDeepest, kMostOperators, kMostTensors))
             .at(text("{}:subgraph {}", model_->name, scope.subgraph)));
  for (std::size_t i = 0; i < graph.operators.size() && !failed(); ++i) {
    Call call(*this, scope, i);
    call.build();
  }
  all.running_.pop_back();
}

ConstantPtr Builder::stored(const Scope& scope, std::int32_t tensor) {
  if (tensor < 0) return nullptr;
  const auto number = static_cast<std::size_t>(tensor);
  const ValueId made = scope.values[number];
  if (made != kNoValue) return graph_.value(made).constant;
  const TensorRecord& record = model_->subgraphs[scope.subgraph].tensors[number];
  if (!record.constant) return nullptr;
  auto constant = tflite::stored(record, model_);
  if (constant.ok()) return *std::move(constant);
  fail(std::move(constant).error().within(model_->name));
  return nullptr;
}

ValueId Builder::value(Scope& scope, std::int32_t tensor, const std::string& where) {
  if (failed() || tensor < 0) return kNoValue;
  const auto number = static_cast<std::size_t>(tensor);
  ValueId& place = scope.values[number];
  if (place != kNoValue) return place;
  const TensorRecord& record = model_->subgraphs[scope.subgraph].tensors[number];
  if (record.constant) {
    if (ConstantPtr constant = stored(scope, tensor))
      place = graph_.add_constant(std::move(constant), std::string(record.name));
    return place;
  }
  const auto dtype = dtype_of(record.type);
  if (record.variable && dtype) {
    const std::size_t state = variable(text("tensor {} {}", scope.subgraph, tensor));
    const std::int64_t zero = record.quantisation.zero_point();
    if (zero != 0 && root().at(state).at_start == kNoValue &&
        record.count() <= kLargestState) {  // a reset takes its real numbers to 0
      vivace::Tensor content(*dtype, record.shape());
      for (std::int64_t i = 0; i < content.count(); ++i) store_integer(content.view(), i, zero);
      initialise(state, Constant::own(std::move(content)));
    }
    return place = read_variable(state, *dtype, record.shape());
  }
  if (dtype && record.count() == 0)  // without elements it needs no buffer
    return place = graph_.add_constant(vivace::Tensor(*dtype, record.shape()), std::string(record.name));
  if (scope.open_slices.contains(tensor)) {
    fail(Error("import.constant",
               text("the size of tensor {} \"{}\" is computed in the run", tensor, record.name))
             .at(where)
             .why("vivace plans a run from the sizes of what comes in")
             .fix("convert the model with constant sizes, axes and counts"));
    return kNoValue;
  }
  fail(
      Error("import.dangling", text("tensor {} \"{}\" is read, and nothing has made it", tensor, record.name))
          .at(where)
          .why("operators must stand behind those whose outputs they read")
          .fix("the file is damaged: convert the model again"));
  return kNoValue;
}

std::vector<ValueId> Builder::add(OpPtr op, std::vector<ValueId> inputs, const std::string& name,
                                  const std::string& origin) {
  if (failed()) return {};
  while (!inputs.empty() && inputs.back() == kNoValue) inputs.pop_back();
  if (auto known = folded(*op, inputs, name)) return *std::move(known);
  const OpPtr kept = op;
  auto outputs = graph_.add_node(std::move(op), inputs, unique(name), origin);
  if (!outputs.ok()) {
    fail(std::move(outputs).error().within(model_->name));
    return {};
  }
  follow_content(*kept, inputs, *outputs);
  return *std::move(outputs);
}

std::string Builder::unique(const std::string& name) {
  const int before = names_[name]++;
  return before ? text("{}#{}", name, before + 1) : name;
}

}  // namespace vivace::tflite
