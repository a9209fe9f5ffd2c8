// Running the layers of a network in order, and the nodes that come of it.
#include "import/keras/build/builder.h"

#include <algorithm>
#include <array>
#include <queue>

#include "base/text.h"
#include "import/keras/build/call.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

constexpr std::size_t kMostCalls = 20'000;  // models within models multiply their calls
constexpr int kDeepest = 32;

// Which call of which layer.
struct Step {
  std::size_t layer, call;
  friend bool operator<(const Step& a, const Step& b) {
    return a.layer != b.layer ? a.layer > b.layer : a.call > b.call;  // the queue serves the largest first
  }
};

// The calls of one network while it runs: who waits for whom, and what each call gave.
class Run {
 public:
  Run(Builder& builder, Network& network, std::string place)
      : builder_(builder), network_(network), place_(std::move(place)) {}

  std::vector<Flow> outputs(const std::vector<Flow>& inputs) {
    index();
    give_inputs(inputs);
    walk();
    std::vector<Flow> flows;
    Setting ends = network_.outputs;
    for (Setting* tensor : tensors_of(ends)) flows.push_back(result(*tensor, true));
    return flows;
  }

 private:
  void fail(Error error) {
    builder_.trouble().add(std::move(error).within(place_.empty() ? "the model" : place_));
  }

  void index() {
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      names_[network_.layers[i]->name] = i;
      results_.emplace_back(std::max<std::size_t>(network_.layers[i]->calls.size(), 1));
    }
    find_bases();
  }

  // A nested model has a call 0 of its own, made when it was built. Keras 2 counts it, Keras 3 counts it only
  // in output_layers; a reference to call 0 proves that it was not counted.
  void find_bases() {
    counts_from_one_.assign(network_.layers.size(), {});
    for (std::size_t i = 0; i < network_.layers.size(); ++i)
      if (network_.layers[i]->network) counts_from_one_[i] = {true, true};
    const auto see = [&](const Setting& tensor, bool output) {
      const auto found = names_.find(tensor.reference.layer);
      if (found == names_.end()) return;
      const Layer& layer = *network_.layers[found->second];
      const auto calls = static_cast<std::int64_t>(layer.calls.size());
      auto& base = counts_from_one_[found->second][output];
      if (tensor.reference.node == 0)
        base = false;
      else if (output && layer.network && layer.network->sequential && keras3_ &&
               tensor.reference.node < calls)
        base = false;
    };
    each_reference([&](const Setting& tensor) { see(tensor, false); });
    if (keras3_)
      for (std::size_t i = 0; i < network_.layers.size(); ++i) counts_from_one_[i][0] = false;
    for (Setting* tensor : tensors_of(network_.outputs)) see(*tensor, true);
  }

  template <class See>
  void each_reference(See see) {
    for (const auto& layer : network_.layers)
      for (Invocation& call : layer->calls) {
        for (Setting& argument : call.positional)
          for (Setting* tensor : tensors_of(argument)) see(*tensor);
        for (Setting* tensor : tensors_of(call.named)) see(*tensor);
      }
  }

  // The place of a reference's results, or nullptr where the file points at nothing.
  std::vector<Flow>* find(const Setting& tensor, bool output) {
    const auto found = names_.find(tensor.reference.layer);
    if (found == names_.end()) return nullptr;
    auto& calls = results_[found->second];
    const std::int64_t call = tensor.reference.node - (counts_from_one_[found->second][output] ? 1 : 0);
    if (call < 0 || call >= static_cast<std::int64_t>(calls.size())) return nullptr;
    return &calls[static_cast<std::size_t>(call)];
  }

  Flow result(const Setting& tensor, bool output) {
    const auto* flows = find(tensor, output);
    const std::int64_t index = tensor.reference.tensor;
    if (flows && index >= 0 && index < static_cast<std::int64_t>(flows->size()))
      return (*flows)[static_cast<std::size_t>(index)];
    fail(Error("import.dangling", text("output {} of call {} of layer \"{}\" is asked for, and there is none",
                                       index, tensor.reference.node, tensor.reference.layer))
             .why(names_.count(tensor.reference.layer) ? "the layer is there, that call or output is not"
                                                       : "no layer of the model has this name")
             .fix("save the model again from Keras: model.save(\"model.keras\")"));
    return {};
  }

  void give_inputs(const std::vector<Flow>& inputs) {
    std::size_t next = 0;
    for (Setting* tensor : tensors_of(network_.inputs)) {
      std::vector<Flow>* place = find(*tensor, false);
      if (!place || next >= inputs.size()) {
        (void)result(*tensor, false);
        if (!builder_.trouble().any())
          fail(Error("import.config",
                     text("a model of {} inputs is called with {}", next + 1, inputs.size())));
        return;
      }
      const Layer& input = *network_.layers[names_[tensor->reference.layer]];
      *place = {builder_.adjusted(input, inputs[next++])};
    }
  }

  // Kahn's order; among calls that are ready, the file's own.
  void walk() {
    std::priority_queue<Step> ready;
    std::size_t left = 0;
    for (std::size_t i = 0; i < network_.layers.size(); ++i)
      for (std::size_t c = 0; c < network_.layers[i]->calls.size(); ++c) {
        ++left;
        if (wait({i, c}) == 0) ready.push({i, c});
      }
    while (!ready.empty() && !builder_.trouble().any()) {
      const Step step = ready.top();
      ready.pop();
      --left;
      call(step);
      for (const Step& next : readers_[{step.layer, step.call}])
        if (--waiting_[{next.layer, next.call}] == 0) ready.push(next);
    }
    if (left != 0 && !builder_.trouble().any()) report_cycle();
  }

  // Registers a call with everyone it reads from; how many of them have yet to run.
  std::size_t wait(const Step& step) {
    Invocation& invocation = network_.layers[step.layer]->calls[step.call];
    std::size_t count = 0;
    const auto look = [&](Setting& argument) {
      for (Setting* tensor : tensors_of(argument)) {
        std::vector<Flow>* place = find(*tensor, false);
        if (!place) {
          (void)result(*tensor, false);
          continue;
        }
        if (!place->empty()) continue;
        const std::size_t layer = names_[tensor->reference.layer];
        readers_[{layer, static_cast<std::size_t>(place - results_[layer].data())}].push_back(step);
        ++count;
      }
    };
    for (Setting& argument : invocation.positional) look(argument);
    look(invocation.named);
    waiting_[{step.layer, step.call}] = count;
    return count;
  }

  void call(const Step& step) {
    Layer& layer = *network_.layers[step.layer];
    Invocation invocation = layer.calls[step.call];
    for (Setting& argument : invocation.positional)
      for (Setting* tensor : tensors_of(argument)) tensor->flow = result(*tensor, false);
    for (Setting* tensor : tensors_of(invocation.named)) tensor->flow = result(*tensor, false);
    if (!builder_.trouble().any()) results_[step.layer][step.call] = builder_.run(layer, invocation);
  }

  void report_cycle() {
    for (const auto& [key, count] : waiting_)
      if (count != 0 && results_[key.first][key.second].empty())
        return fail(Error("import.cycle",
                          text("layer \"{}\" waits for its own output", network_.layers[key.first]->path))
                        .why("its inbound_nodes form a circle, or lead to a layer without input")
                        .fix("save the model again from Keras: model.save(\"model.keras\")"));
  }

  Builder& builder_;
  Network& network_;
  std::string place_;
  const bool keras3_ = builder_.era() >= 3;
  std::map<std::string, std::size_t> names_;
  std::vector<std::array<bool, 2>> counts_from_one_;     // by layer; for inner references, and for outputs
  std::vector<std::vector<std::vector<Flow>>> results_;  // by layer, by call
  std::map<std::pair<std::size_t, std::size_t>, std::vector<Step>> readers_;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> waiting_;
};

bool takes_complex(Invocation invocation) {
  bool any = false;
  const auto look = [&](Setting& argument) {
    for (const Setting* tensor : tensors_of(argument)) any = any || tensor->flow.imaginary != kNoValue;
  };
  for (Setting& argument : invocation.positional) look(argument);
  look(invocation.named);
  return any;
}

Error no_complex(const std::string& class_name, const std::string& path) {
  return Error("import.unsupported", text("{} \"{}\" is given complex numbers", class_name, path))
      .why("of a spectrum, its magnitude, angle and parts are computed, and what moves its elements")
      .fix("take the magnitude first: tf.abs(spectrum)");
}

}  // namespace

void Builder::build(Network& network) {
  std::vector<Flow> inputs;
  for (Setting* tensor : tensors_of(network.inputs)) {
    const Layer* layer = network.find(tensor->reference.layer);
    if (!layer)
      return trouble_.add(Error("import.dangling", text("the model's input \"{}\" is not among its layers",
                                                        tensor->reference.layer)));
    inputs.push_back(add_input(*layer));
  }
  const auto outputs = run(network, "", inputs);
  if (trouble_.any()) return;
  std::map<std::string, int> seen;
  std::size_t index = 0;
  for (Setting* tensor : tensors_of(network.outputs)) {
    const std::string& name = tensor->reference.layer;
    const int before = seen[name]++;
    if (outputs[index].imaginary != kNoValue) return trouble_.add(no_complex("output", name));
    graph_.add_output(as_keras_types(outputs[index++], name), before ? text("{}_{}", name, before) : name);
  }
  for (const State& state : states_) graph_.add_state(state.at_start, state.now);
}

// Outputs have 16 bits where Keras's have.
ValueId Builder::as_keras_types(const Flow& flow, const std::string& name) {
  if (!is_narrow(flow.narrow) || flow.value == kNoValue) return flow.value;
  const auto cast = add(make_op(with(Cast{}, &Cast::to, flow.narrow)), {flow.value}, name + "/narrow", name);
  return cast.empty() ? kNoValue : cast.front();
}

std::vector<Flow> Builder::run(Network& network, const std::string& place, const std::vector<Flow>& inputs) {
  if (depth_ >= kDeepest) {
    trouble_.add(Error("import.depth", text("models nested more than {} deep", kDeepest)).at(place));
    return {};
  }
  ++depth_;
  auto flows = Run(*this, network, place).outputs(inputs);
  --depth_;
  return flows;
}

std::vector<Flow> Builder::run(Layer& layer, const Invocation& invocation) {
  if (trouble_.any()) return {};
  if (++calls_ > kMostCalls) {
    trouble_.add(Error("import.limit", text("the model makes more than {} calls of its layers", kMostCalls)));
    return {};
  }
  const Rule* const rule =
      takes_complex(invocation)
          ? find_complex_rule(layer.network ? std::string_view() : layer.config.text("function"))
          : layer.rule;
  if (!rule && rule != layer.rule) {
    trouble_.add(no_complex(layer.class_name, layer.path));
    return {};
  }
  if (layer.network) {
    Invocation copy = invocation;
    std::vector<Flow> inputs;
    if (!copy.positional.empty())
      for (const Setting* tensor : tensors_of(copy.positional.front())) inputs.push_back(tensor->flow);
    return run(*layer.network, layer.path, inputs);
  }
  if (!rule) {
    trouble_.add(Error("import.unsupported", text("{} \"{}\" is not known", layer.class_name, layer.path)));
    return {};
  }
  Call call(*this, layer, invocation);
  rule->build(call);
  auto outputs = call.outputs();
  if (outputs.empty() && !trouble_.any())
    trouble_.add(Error("import.config", text("layer \"{}\" gives no output", layer.path)));
  return outputs;
}

std::vector<ValueId> Builder::add(OpPtr op, std::vector<ValueId> inputs, const std::string& name,
                                  const std::string& origin) {
  if (trouble_.any()) return {};
  while (!inputs.empty() && inputs.back() == kNoValue) inputs.pop_back();
  auto outputs = graph_.add_node(std::move(op), std::move(inputs), unique(name), origin);
  if (outputs.ok()) return *std::move(outputs);
  trouble_.add(std::move(outputs).error());
  return {};
}

std::string Builder::unique(const std::string& name) {
  const int before = names_[name]++;
  return before ? text("{}#{}", name, before + 1) : name;
}

std::string Builder::maker(ValueId value) const {
  if (value == kNoValue) return "nothing";
  const Value& found = graph_.value(value);
  return found.producer == kNoNode ? found.name : graph_.node(found.producer).name;
}

const Dims* Builder::shape_content(ValueId value) const {
  const auto found = shape_contents_.find(value);
  return found == shape_contents_.end() ? nullptr : &found->second;
}

void Builder::set_shape_content(ValueId value, Dims content) {
  if (value != kNoValue) shape_contents_[value] = std::move(content);
}

}  // namespace vivace::keras
