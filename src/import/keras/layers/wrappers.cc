// Layers around layers: Bidirectional, TimeDistributed, Pipeline.
#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/layers/recurrence.h"

namespace vivace::keras {
namespace {

Setting list(const std::vector<ValueId>& values) {
  Setting all(Setting::Kind::list);
  for (const ValueId value : values) all.items.push_back(Setting::of(Flow{value, kNoValue}));
  return all;
}

// A backward layer hands its sequence out in reverse; here it is wanted in the input's order.
ValueId in_order(Call& call, ValueId y, std::int64_t time_axis) {
  if (call.failed()) return y;
  const Sizes axes{time_axis};
  const Graph& graph = call.builder().graph();
  const Reverse* last = graph.as<Reverse>(graph.producer(y));
  if (last && last->axes == axes) return graph.node(graph.producer(y)).inputs.front();
  return call.add(with(Reverse{}, &Reverse::axes, axes), {y}, "backward_in_order");
}

std::vector<Flow> one_way(Call& call, Layer& layer, Flow x, std::vector<ValueId> states) {
  Invocation invocation;
  invocation.positional.push_back(Setting::of(Flow{x.value, kNoValue}));
  const auto pass = [&](std::string_view name, Setting value) {
    invocation.named.keys.emplace_back(name);
    invocation.named.items.push_back(std::move(value));
  };
  if (!states.empty()) pass("initial_state", list(states));
  if (x.mask != kNoValue) pass("mask", Setting::of(Flow{x.mask, kNoValue}));
  return call.builder().run(layer, invocation);
}

void merge(Call& call, ValueId a, ValueId b, ValueId mask) {
  const std::string_view mode = call.config().text("merge_mode", "");
  if (mode == "concat")
    return call.output(call.add(with(Concat{}, &Concat::axis, call.rank(a) - 1), {a, b}), mask);
  if (mode == "sum") return call.output(call.binary(Binary::Kind::add, a, b), mask);
  if (mode == "mul") return call.output(call.binary(Binary::Kind::multiply, a, b), mask);
  if (mode == "ave") {
    const ValueId sum = call.binary(Binary::Kind::add, a, b);
    const ValueId half = call.scalar(0.5, call.dtype(sum));
    return call.output(call.binary(Binary::Kind::multiply, sum, half, "mean"), mask);
  }
  if (!mode.empty())
    return call.config().mistake("merge_mode", "\"concat\", \"sum\", \"mul\", \"ave\" or null");
  call.output(a, mask);
  call.output(b, mask);
}

// Keras refuses to make a pair whose layers do not match; a file that holds one was edited.
void check_pair(Call& call, const Layer& forward, const Layer& backward) {
  for (const std::string_view key : {"stateful", "return_sequences", "return_state", "time_major"})
    if (forward.config.flag(key, false) != backward.config.flag(key, false))
      return call.fail(
          Error("import.config", text("layer \"{}\": its two layers differ in {}", call.layer().path, key))
              .fix("save the model again from Keras: model.save(\"model.keras\")"));
}

void bidirectional(Call& call) {
  Layer *forward = call.layer().child("forward_layer"), *backward = call.layer().child("backward_layer");
  if (!forward || !backward) return call.config().mistake("layer", "a recurrent layer");
  check_pair(call, *forward, *backward);
  const Flow x{call.input(), running_mask(call)};
  const std::vector<ValueId> states = given_states(call);
  if (states.size() % 2 != 0)
    call.fail(Error("import.config", text("layer \"{}\" is called with {} states for its two layers",
                                          call.layer().path, states.size())));
  const auto half = states.begin() + static_cast<std::ptrdiff_t>(states.size() / 2);
  const auto ahead = one_way(call, *forward, x, {states.begin(), half});
  const auto back = one_way(call, *backward, x, {half, states.end()});
  if (call.failed() || ahead.empty() || back.empty()) return;
  const bool sequences = forward->config.flag("return_sequences", false);
  const std::int64_t time_axis = forward->config.flag("time_major", false) ? 0 : 1;
  const ValueId y_back = sequences ? in_order(call, back[0].value, time_axis) : back[0].value;
  merge(call, ahead[0].value, y_back, sequences ? sequence_mask(call) : kNoValue);
  for (std::size_t i = 1; i < ahead.size(); ++i) call.output(ahead[i].value, kNoValue);
  for (std::size_t i = 1; i < back.size(); ++i) call.output(back[i].value, kNoValue);
}

// These treat every element or every last axis alike, so they need no folding of time into the batch.
bool works_on_any_rank(const Layer& layer) {
  for (const std::string_view name : {"Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Dropout"})
    if (layer.class_name == name) return true;
  return false;
}

// Whether a layer, or one inside, keeps state: then its calls cannot be made all at once.
bool keeps_state(const Layer& layer) {
  if (layer.config.flag("stateful", false)) return true;
  for (const auto& child : layer.children)
    if (keeps_state(*child)) return true;
  if (!layer.network) return false;
  for (const auto& inner : layer.network->layers)
    if (keeps_state(*inner)) return true;
  return false;
}

// [B, T, ...] becomes [B T, ...].
ValueId folded(Call& call, ValueId x, std::string_view step) {
  if (x == kNoValue) return x;
  Sizes target{Reshape::kInfer};
  for (std::int64_t axis = 2; axis < call.rank(x); ++axis) target.push_back(Reshape::keep(axis));
  return call.reshape(x, target, step);
}

// [B T, ...] becomes [B, T, ...], as the input has them.
ValueId unfolded(Call& call, ValueId y, std::string_view step) {
  Sizes target{Reshape::like(0), Reshape::like(1)};
  for (std::int64_t axis = 1; axis < call.rank(y); ++axis) target.push_back(Reshape::keep(axis));
  return call.add(with(Reshape{}, &Reshape::target, target), {y, call.input()}, step);
}

// The mask of a step of a TimeDistributed: [B,T] says nothing about the inside of a step, [B,T,S] does.
ValueId step_mask(Call& call, std::size_t input) {
  const ValueId mask = call.mask(input);
  return call.rank(mask) > 2 ? folded(call, mask, "mask_in_batch") : kNoValue;
}

// Keras 3 hands its mask on as it is. Keras 2 asks the layer inside for one of each step, and otherwise keeps
// of its own mask the two axes of the steps.
ValueId mask_after(Call& call, ValueId inner) {
  ValueId mask = call.mask();
  if (call.era() >= 3) return mask;
  if (inner != kNoValue) return unfolded(call, inner, "mask_unfolded");
  if (call.rank(mask) <= 2) return mask;
  Sizes axes;
  for (std::int64_t axis = 2; axis < call.rank(mask); ++axis) axes.push_back(axis);
  return call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::any, &Reduce::axes, axes), {mask}, "mask_any");
}

Invocation call_with(std::vector<Setting> tensors) {
  Invocation invocation;
  Setting first(Setting::Kind::list);
  first.items = std::move(tensors);
  invocation.positional.push_back(first.items.size() == 1 ? Setting(first.items.front()) : first);
  return invocation;
}

// Step after step, each with the state that the one before left.
void step_by_step(Call& call, Layer& inner) {
  const ValueId x = call.input();
  const std::int64_t steps = call.size(x, 1);
  if (call.mask() != kNoValue) call.refuse("a stateful layer with a mask", "build the layer without one");
  std::vector<ValueId> parts;
  for (std::int64_t t = 0; t < steps && !call.failed(); ++t) {
    const Slice op = with(Slice{}, &Slice::axes, Sizes{1}, &Slice::starts, Sizes{t}, &Slice::stops,
                          Sizes{t + 1}, &Slice::steps, Sizes{1});
    Sizes target{Reshape::keep(0)};
    for (std::int64_t axis = 2; axis < call.rank(x); ++axis) target.push_back(Reshape::keep(axis));
    const ValueId step = call.reshape(call.add(op, {x}, "step"), target, "step");
    const auto outputs = call.builder().run(inner, call_with({Setting::of(Flow{step, kNoValue})}));
    if (outputs.size() != 1) return call.refuse("a stateful layer of several outputs", "return one output");
    Sizes with_time{Reshape::keep(0), 1};
    for (std::int64_t axis = 1; axis < call.rank(outputs[0].value); ++axis)
      with_time.push_back(Reshape::keep(axis));
    parts.push_back(call.reshape(outputs[0].value, with_time, "step"));
  }
  if (!call.failed()) call.output(call.add(with(Concat{}, &Concat::axis, 1), parts), kNoValue);
}

void time_distributed(Call& call) {
  Layer* inner = call.layer().child("layer");
  if (!inner) return call.config().mistake("layer", "a layer");
  for (std::size_t i = 0; i < std::max<std::size_t>(call.input_count(), 1); ++i)
    if (const ValueId x = call.input(i); !call.failed() && call.rank(x) < 2) return call.want_rank(x, 3);
  if (call.failed()) return;
  if (keeps_state(*inner)) return step_by_step(call, *inner);
  const bool direct = works_on_any_rank(*inner) && call.rank(call.input()) > 2;
  std::vector<Setting> steps;
  for (std::size_t i = 0; i < call.input_count(); ++i)
    steps.push_back(
        Setting::of(direct ? Flow{call.input(i), kNoValue}
                           : Flow{folded(call, call.input(i), "steps_in_batch"), step_mask(call, i)}));
  for (const Flow& flow : call.builder().run(*inner, call_with(std::move(steps)))) {
    if (call.failed()) return;
    if (direct)
      call.output(flow.value, mask_after(call, kNoValue));
    else
      call.output(unfolded(call, flow.value, {}), mask_after(call, flow.mask));
  }
}

// Layers one after another; a mask does not go on.
void pipeline(Call& call) {
  Flow x{call.input(), kNoValue};
  for (const auto& layer : call.layer().children) {
    Invocation invocation;
    invocation.positional.push_back(Setting::of(x));
    const auto outputs = call.builder().run(*layer, invocation);
    if (call.failed() || outputs.empty()) return;
    x = outputs.front();
  }
  call.output(x.value);
}

// The normalised kernel is what training stored; predicting runs the layer as it is.
void spectral_normalization(Call& call) {
  Layer* inner = call.layer().child("layer");
  if (!inner) return call.config().mistake("layer", "a layer");
  (void)call.config().size("power_iterations", 1);  // training's
  Invocation invocation;
  invocation.positional.push_back(Setting::of(Flow{call.input(), call.mask()}));
  for (const Flow& flow : call.builder().run(*inner, invocation)) call.output(flow.value, flow.mask);
}

constexpr Rule kRules[] = {
    {"Bidirectional", bidirectional},
    {"TimeDistributed", time_distributed},
    {"Pipeline", pipeline},
    {"SpectralNormalization", spectral_normalization, "vector_u!"},
};

}  // namespace

std::span<const Rule> wrapper_rules() { return kRules; }

}  // namespace vivace::keras
