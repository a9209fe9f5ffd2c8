// Layers around layers: Bidirectional, TimeDistributed.
#include "base/text.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

Setting list(const std::vector<ValueId>& values) {
  Setting all(Setting::Kind::list);
  for (const ValueId value : values) all.items.push_back(Setting::of(Flow{value, kNoValue}));
  return all;
}

// A backward layer hands its sequence out in reverse; here it is wanted in the input's order.
ValueId in_order(Call& call, ValueId y) {
  if (call.failed()) return y;
  const Graph& graph = call.builder().graph();
  if (graph.as<Reverse>(graph.producer(y))) return graph.node(graph.producer(y)).inputs.front();
  return call.add(with(Reverse{}, &Reverse::axes, Sizes{1}), {y}, "backward_in_order");
}

std::vector<ValueId> given_states(Call& call) {
  std::vector<ValueId> states;
  for (std::size_t i = 1; i < call.input_count(); ++i) states.push_back(call.input(i));
  if (const Setting* given = call.option("initial_state", 1); given && states.empty()) {
    Setting copy = *given;
    for (const Setting* found : tensors_of(copy)) states.push_back(found->flow.value);
  }
  return states;
}

std::vector<Flow> one_way(Call& call, std::string_view attribute, Flow x, std::vector<ValueId> states) {
  Layer* layer = call.layer().child(attribute);
  if (!layer) {
    call.config().mistake("layer", "a recurrent layer");
    return {};
  }
  Invocation invocation;
  invocation.positional.push_back(Setting::of(x));
  if (!states.empty()) {
    invocation.named.keys.push_back("initial_state");
    invocation.named.items.push_back(list(states));
  }
  return call.builder().run(*layer, invocation);
}

void merge(Call& call, ValueId a, ValueId b, ValueId mask) {
  const std::string_view mode = call.config().text("merge_mode", "");
  if (mode == "concat")
    return call.output(call.add(with(Concat{}, &Concat::axis, call.rank(a) - 1), {a, b}), mask);
  if (mode == "sum") return call.output(call.binary(Binary::Kind::add, a, b), mask);
  if (mode == "mul") return call.output(call.binary(Binary::Kind::multiply, a, b), mask);
  if (mode == "ave") {
    const ValueId sum = call.binary(Binary::Kind::add, a, b);
    return call.output(call.binary(Binary::Kind::multiply, sum, call.scalar(0.5), "mean"), mask);
  }
  if (!mode.empty())
    return call.config().mistake("merge_mode", "\"concat\", \"sum\", \"mul\", \"ave\" or null");
  call.output(a, mask);
  call.output(b, mask);
}

void bidirectional(Call& call) {
  Flow x{call.input(), call.tensor_option("mask", 2)};
  if (x.mask == kNoValue) x.mask = call.mask();
  const std::vector<ValueId> states = given_states(call);
  const auto half = states.begin() + static_cast<std::ptrdiff_t>(states.size() / 2);
  const auto forward = one_way(call, "forward_layer", x, {states.begin(), half});
  const auto backward = one_way(call, "backward_layer", x, {half, states.end()});
  if (call.failed() || forward.empty() || backward.empty()) return;
  const bool sequences = call.layer().child("forward_layer")->config.flag("return_sequences", false);
  const ValueId back = sequences ? in_order(call, backward[0].value) : backward[0].value;
  merge(call, forward[0].value, back, sequences ? x.mask : kNoValue);
  for (std::size_t i = 1; i < forward.size(); ++i) call.output(forward[i].value, kNoValue);
  for (std::size_t i = 1; i < backward.size(); ++i) call.output(backward[i].value, kNoValue);
}

// These treat every element or every last axis alike, so they need no folding of time into the batch.
bool works_on_any_rank(const Layer& layer) {
  for (const std::string_view name : {"Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Dropout"})
    if (layer.class_name == name) return true;
  return false;
}

// [B, T, ...] becomes [B T, ...], runs through the layer, and becomes [B, T, ...] again.
void time_distributed(Call& call) {
  Layer* inner = call.layer().child("layer");
  if (!inner) return call.config().mistake("layer", "a layer");
  const ValueId x = call.input();
  const bool direct = works_on_any_rank(*inner);
  Sizes fold{Reshape::kInfer};
  for (std::int64_t axis = 2; axis < call.rank(x); ++axis) fold.push_back(Reshape::keep(axis));
  const std::int64_t steps = direct ? 0 : call.size(x, 1);
  Invocation invocation;
  invocation.positional.push_back(
      Setting::of(Flow{direct ? x : call.reshape(x, fold, "steps_in_batch"), kNoValue}));
  const auto outputs = call.builder().run(*inner, invocation);
  for (const Flow& flow : outputs) {
    Sizes unfold{Reshape::kInfer, steps};
    for (std::int64_t axis = 1; axis < call.rank(flow.value); ++axis) unfold.push_back(Reshape::keep(axis));
    call.output(direct ? flow.value : call.reshape(flow.value, unfold), call.mask());
  }
}

constexpr Rule kRules[] = {
    {"Bidirectional", bidirectional},
    {"TimeDistributed", time_distributed},
};

}  // namespace

std::span<const Rule> wrapper_rules() { return kRules; }

}  // namespace vivace::keras
