// What a recipe can ask of its call: inputs, sizes, nodes.
#include "import/keras/build/call.h"

#include "base/text.h"
#include "import/keras/build/activation.h"
#include "import/keras/build/rule.h"
#include "ops/common/reference.h"

namespace vivace::keras {

Call::Call(Builder& builder, Layer& layer, Invocation invocation)
    : builder_(builder), layer_(layer), invocation_(std::move(invocation)) {
  const Layer* computes = &layer_;  // a wrapper computes in what it wraps
  while (!computes->children.empty()) computes = computes->children.front().get();
  if (layer_.autocast)
    policy_ = policy_of(computes->config, computes->path);
  else
    take_type_of_inputs();
  if (invocation_.positional.empty()) return;
  for (const Setting* tensor : tensors_of(invocation_.positional.front())) inputs_.push_back(tensor->flow);
}

// Functions compute in the widest float type among their operands.
void Call::take_type_of_inputs() {
  std::optional<DType> type;
  const auto see = [&](const Setting* tensor) {
    const DType held = dtype(tensor->flow.value);
    if (!is_float(held)) return;
    const DType own = is_narrow(tensor->flow.narrow) ? tensor->flow.narrow : held;
    type = type ? promoted(*type, own) : own;
  };
  for (Setting& argument : invocation_.positional)
    for (const Setting* tensor : tensors_of(argument)) see(tensor);
  for (const Setting* tensor : tensors_of(invocation_.named)) see(tensor);
  policy_.compute = type.value_or(DType::f32);
}

ValueId Call::autocast(ValueId value, std::size_t index) {
  if (!layer_.autocast || !is_float(dtype(value))) return value;
  return cast(value, float_type(), index ? text("cast_{}", index) : std::string("cast"));
}

DType Call::narrowed(ValueId value, DType type) const {
  return dtype(value) == DType::f32 && is_narrow(type) ? type : DType::f32;
}

ValueId Call::input(std::size_t index) {
  if (index < inputs_.size()) return autocast(inputs_[index].value, index);
  fail(Error("import.config", text("layer \"{}\" needs {} inputs and is called with {}", layer_.path,
                                   index + 1, inputs_.size())));
  return kNoValue;
}

ValueId Call::float_input(std::size_t index) {
  return cast(input(index), float_type(), index ? text("cast_{}", index) : std::string("cast"));
}

ValueId Call::mask(std::size_t index) const {
  return index < inputs_.size() ? inputs_[index].mask : kNoValue;
}

std::int64_t Call::rank(ValueId value) const {
  return value == kNoValue ? 0 : static_cast<std::int64_t>(builder_.graph().value(value).dims.size());
}

DType Call::dtype(ValueId value) const {
  return value == kNoValue ? DType::f32 : builder_.graph().value(value).dtype;
}

Dim Call::dim(ValueId value, std::int64_t axis) const {
  const std::int64_t axes = rank(value);
  if (axis < 0) axis += axes;
  return axis < 0 || axis >= axes ? Dim(1)
                                  : builder_.graph().value(value).dims[static_cast<std::size_t>(axis)];
}

std::int64_t Call::size(ValueId value, std::int64_t axis) {
  const std::int64_t axes = rank(value);
  const Dim found = dim(value, axis);
  if (failed()) return 1;
  if (axis >= axes || axis < -axes) {
    fail(Error("import.rank", text("layer \"{}\" needs an axis {}, its input \"{}\" has {} axes", layer_.path,
                                   axis, builder_.maker(value), axes)));
    return 1;
  }
  if (found.known()) return found.number();
  fail(Error("import.unknown-size", text("layer \"{}\" needs to know the size of axis {} of \"{}\"",
                                         layer_.path, axis < 0 ? axis + axes : axis, builder_.maker(value)))
           .why(text("the model leaves it open: {}",
                     vivace::to_text(builder_.graph().value(value).dims, builder_.graph().symbols())))
           .fix("give the size in the model's input: keras.Input(shape=...)"));
  return 1;
}

void Call::want_rank(ValueId value, std::int64_t wanted) {
  if (failed() || rank(value) == wanted) return;
  fail(Error("import.rank", text("layer \"{}\" needs an input of {} axes, \"{}\" has {}", layer_.path, wanted,
                                 builder_.maker(value), rank(value)))
           .why(text("{} works on {} axes, the batch counted", layer_.class_name, wanted)));
}

std::int64_t Call::axis_of(std::int64_t axis, std::int64_t axes) {
  const std::int64_t positive = axis < 0 ? axis + axes : axis;
  if (positive >= 0 && positive < axes) return positive;
  if (!failed())
    fail(Error("import.config",
               text("layer \"{}\" has axis {}, its input has {} axes", layer_.path, axis, axes)));
  return 0;
}

Sizes Call::axes_of(const Sizes& axes, std::int64_t axes_count) {
  std::vector<bool> chosen(static_cast<std::size_t>(axes_count > 0 ? axes_count : 1));
  for (const std::int64_t axis : axes) chosen[static_cast<std::size_t>(axis_of(axis, axes_count))] = true;
  Sizes ascending;
  for (std::size_t axis = 0; axis < chosen.size(); ++axis)
    if (chosen[axis]) ascending.push_back(static_cast<std::int64_t>(axis));
  return ascending;
}

ValueId Call::constant(Tensor tensor, std::string_view step) {
  if (failed()) return kNoValue;
  return builder_.graph().add_constant(std::move(tensor), node_name(step));
}

ValueId Call::constant(std::span<const float> numbers, Sizes dims) {
  return constant(std::vector<double>(numbers.begin(), numbers.end()), std::move(dims));
}

ValueId Call::constant(std::span<const double> numbers, Sizes dims) {
  Tensor tensor(float_type(), std::move(dims));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    store(tensor.view(), static_cast<std::int64_t>(i), numbers[i]);
  return constant(std::move(tensor));
}

ValueId Call::scalar(double number, DType type) {
  Setting setting(Setting::Kind::number);
  if (number > -9e15 && number < 9e15) setting.integer = static_cast<std::int64_t>(number);
  setting.number = number;
  setting.dtype = type;
  return as_value(setting);
}

ValueId Call::binary(Binary::Kind kind, ValueId a, ValueId b, std::string_view step) {
  return add(with(Binary{}, &Binary::kind, kind), {a, b}, step);
}

ValueId Call::unary(UnaryKind kind, ValueId x, std::string_view step, double alpha, double beta) {
  return add(with(Unary{}, &Unary::function, Activation{kind, alpha, beta}), {x}, step);
}

ValueId Call::cast(ValueId x, DType to, std::string_view step) {
  if (failed() || dtype(x) == to) return x;
  return add(with(Cast{}, &Cast::to, to), {x}, step);
}

ValueId Call::reshape(ValueId x, Sizes target, std::string_view step) {
  return add(with(Reshape{}, &Reshape::target, std::move(target)), {x}, step);
}

ValueId Call::transpose(ValueId x, Sizes order, std::string_view step) {
  for (std::size_t i = 0; i < order.size(); ++i)
    if (order[i] != static_cast<std::int64_t>(i))
      return add(with(Transpose{}, &Transpose::order, std::move(order)), {x}, step);
  return x;
}

ValueId Call::activated(ValueId x, std::string_view key) {
  const Activated recipe = activation_of(*this, config().find(key));
  return apply(*this, recipe, x, "activation");
}

bool Call::channels_first() const {
  return config().text("data_format", "channels_last") == "channels_first";
}

ValueId Call::to_channels_last(ValueId x) {
  if (!channels_first() || failed()) return x;
  Sizes order{0};
  for (std::int64_t axis = 2; axis < rank(x); ++axis) order.push_back(axis);
  order.push_back(1);
  return transpose(x, std::move(order), "channels_last");
}

ValueId Call::from_channels_last(ValueId y) {
  if (!channels_first() || failed()) return y;
  Sizes order{0, rank(y) - 1};
  for (std::int64_t axis = 1; axis + 1 < rank(y); ++axis) order.push_back(axis);
  return transpose(y, std::move(order), "channels_first");
}

void Call::output(ValueId value) {
  const Masks masks = layer_.rule ? layer_.rule->masks : Masks::drop;
  const bool passes = masks == Masks::pass || (masks == Masks::pass_in_keras3 && era() >= 3);
  output(value, passes ? mask() : kNoValue);
}

void Call::output(ValueId value, ValueId out_mask) {
  outputs_.push_back({value, out_mask, narrowed(value, policy_.compute)});
}

void Call::refuse(std::string reason, std::string fix) {
  fail(Error("import.unsupported",
             text("{} \"{}\" cannot be imported: {}", layer_.class_name, layer_.path, reason))
           .fix(std::move(fix)));
}

std::string Call::node_name(std::string_view step) const {
  return step.empty() ? layer_.path : layer_.path + "/" + std::string(step);
}

}  // namespace vivace::keras
