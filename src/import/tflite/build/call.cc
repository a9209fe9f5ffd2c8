#include "import/tflite/build/call.h"

#include <algorithm>

#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/build/rule.h"
#include "ops/common/reference.h"

namespace vivace::tflite {

Call::Call(Builder& builder, Scope& scope, std::size_t number)
    : builder_(builder),
      scope_(scope),
      number_(number),
      op_(builder.model()->subgraphs[scope.subgraph].operators[number]) {}

void Call::build() {
  const Rule* rule = find_rule(op_);
  const Refusal refusal = refusal_of(op_, builder_.model()->subgraphs[scope_.subgraph]);
  if (!rule || !refusal.reason.empty()) return refuse(refusal.reason, refusal.fix);
  if (op_.options_kind != 0 && op_.options_kind != static_cast<std::uint8_t>(rule->options))
    return fail(Error("tflite.options",
                      text("{} has the options of another operator: {}", name_of(op_),
                           schema::EnumNameBuiltinOptions(static_cast<OptionsKind>(op_.options_kind))))
                    .fix("the file is damaged: fetch or convert the model again"));
  find_build(op_, builder_.model()->subgraphs[scope_.subgraph])(*this);
  if (!failed()) take_outputs();
}

void Call::take_outputs() {
  if (outputs_.size() != op_.outputs.size())
    return mistake(text("it has {} outputs in the file, and gives {}", op_.outputs.size(), outputs_.size()));
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    if (op_.outputs[i] < 0 || outputs_[i] == kNoValue) continue;
    const TensorRecord& tensor = output_tensor(i);
    const auto wanted = dtype_of(tensor.type);
    if (wanted && dtype(outputs_[i]) != *wanted)
      return mistake(text("output {} is {} in the file, and becomes {}", i, vivace::name_of(*wanted),
                          vivace::name_of(dtype(outputs_[i]))));
    ValueId& place = scope_.values[static_cast<std::size_t>(op_.outputs[i])];
    if (place != kNoValue || tensor.constant || tensor.variable)
      return mistake(text("tensor {} \"{}\" is made twice", op_.outputs[i], tensor.name));
    place = outputs_[i];
  }
}

ValueId Call::input(std::size_t i) {
  if (failed()) return kNoValue;
  if (has(i)) return builder_.value(scope_, op_.inputs[i], place());
  fail(Error("import.operands",
             text("{} has {} inputs, input {} is missing", name_of(op_), op_.inputs.size(), i))
           .fix("the file is damaged: fetch or convert the model again"));
  return kNoValue;
}

const TensorRecord& Call::record_at(std::span<const std::int32_t> numbers, std::size_t i) const {
  static const TensorRecord kNothing;
  return i < numbers.size() && numbers[i] >= 0 ? record(numbers[i]) : kNothing;
}

ConstantPtr Call::stored(std::size_t i) {
  return has(i) && !failed() ? builder_.stored(scope_, op_.inputs[i]) : nullptr;
}

// Their scales are another tensor of the subgraph.
ConstantPtr Call::of_blocks(const ConstantPtr& held, const Quantisation& q) {
  const bool there = q.block_scales >= 0 && q.block_scales < static_cast<std::int64_t>(scope_.values.size());
  const ConstantPtr scales =
      there ? builder_.stored(scope_, static_cast<std::int32_t>(q.block_scales)) : nullptr;
  ConstantPtr floats = scales ? blocks_as_floats(held, scales, q.block_size) : nullptr;
  if (!floats && !failed()) mistake(text("its weights have no scales for blocks of {}", q.block_size));
  return floats;
}

ValueId Call::weight(std::size_t i, const Sizes& order) {
  ConstantPtr held = stored(i);
  if (held)
    held =
        quantisation(i).block_size > 0 ? of_blocks(held, quantisation(i)) : as_floats(held, quantisation(i));
  if (!held || failed()) {
    const ValueId x = input(i);
    return order.empty() || rank(x) != static_cast<std::int64_t>(order.size())
               ? x
               : transpose(x, order, "transposed");
  }
  if (!order.empty() && held->dims().size() != order.size()) {
    mistake(text("input {} has {} axes, needs {}", i, held->dims().size(), order.size()));
    return kNoValue;
  }
  return constant(order.empty() ? held : permuted(held, order), tensor(i).name);
}

Sizes Call::integers(std::size_t i) {
  const ValueId value = input(i);
  if (failed()) return {};
  Sizes sizes;
  if (const auto known = builder_.content(value); known && all_known(*known)) {
    for (const Dim& dim : *known) sizes.push_back(dim.number());
    return sizes;
  }
  fail(Error("import.constant",
             text("{} needs to know input {} \"{}\" beforehand", name_of(op_), i, tensor(i).name))
           .why("vivace plans a run from the sizes of what comes in, and this one is computed in the run")
           .fix("convert the model with constant sizes, axes and counts"));
  return {};
}

std::int64_t Call::integer(std::size_t i) {
  const Sizes found = integers(i);
  if (!failed() && found.size() != 1) mistake(text("input {} has {} numbers, needs 1", i, found.size()));
  return failed() ? 0 : found[0];
}

double Call::number(std::size_t i) {
  const ValueId value = input(i);
  if (failed()) return 0;
  const Constant* known = builder_.graph().constant(value);
  if (known && count_of(known->dims()) == 1) return load(known->tensor(), 0);
  mistake(text("input {} must be one constant number", i));
  return 0;
}

std::optional<Dims> Call::content(std::size_t i) {
  const ValueId value = input(i);
  return failed() ? std::nullopt : builder_.content(value);
}

const Dims& Call::dims(ValueId value) const {
  static const Dims kNone;
  return value == kNoValue ? kNone : builder_.graph().value(value).dims;
}
std::int64_t Call::rank(ValueId value) const { return static_cast<std::int64_t>(dims(value).size()); }
DType Call::dtype(ValueId value) const {
  return value == kNoValue ? DType::f32 : builder_.graph().value(value).dtype;
}

std::int64_t Call::size(ValueId value, std::int64_t axis) {
  if (failed()) return 1;
  const std::int64_t axes = rank(value), place = axis < 0 ? axis + axes : axis;
  if (place < 0 || place >= axes) {
    fail(Error("import.rank",
               text("{} needs axis {} of {}", name_of(op_), axis, vivace::to_text(dims(value)))));
    return 1;
  }
  const Dim& found = dims(value)[static_cast<std::size_t>(place)];
  if (found.known()) return found.number();
  fail(Error("import.unknown-size", text("{} needs to know the size of axis {} of {}", name_of(op_), place,
                                         vivace::to_text(dims(value), builder_.graph().symbols())))
           .fix("convert the model with this size fixed"));
  return 1;
}

void Call::want_rank(ValueId value, std::int64_t least, std::int64_t most) {
  if (failed() || (rank(value) >= least && rank(value) <= most)) return;
  fail(Error("import.rank", text("{} needs an input of {} to {} axes, and has {}", name_of(op_), least, most,
                                 vivace::to_text(dims(value)))));
}

std::int64_t Call::axis_of(std::int64_t axis, std::int64_t axes) {
  const std::int64_t positive = axis < 0 ? axis + axes : axis;
  if (positive >= 0 && positive < axes) return positive;
  mistake(text("axis {} of {} axes", axis, axes));
  return 0;
}

Sizes Call::axes_of(const Sizes& axes, std::int64_t axes_count) {
  Sizes found;
  for (const std::int64_t axis : axes) found.push_back(axis_of(axis, axes_count));
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

ValueId Call::constant(ConstantPtr constant, std::string_view step) {
  if (failed()) return kNoValue;
  return builder_.graph().add_constant(std::move(constant), step.empty() ? node_name({}) : std::string(step));
}

ValueId Call::scalar(double number, DType type) {
  vivace::Tensor tensor(type, {});
  store(tensor.view(), 0, number);
  return constant(std::move(tensor), "number");
}

ValueId Call::binary(Binary::Kind kind, ValueId a, ValueId b, std::string_view step) {
  return add(with(Binary{}, &Binary::kind, kind), {a, b}, step);
}
ValueId Call::unary(UnaryKind kind, ValueId x, std::string_view step, double alpha, double beta) {
  return add(with(Unary{}, &Unary::function, Activation{kind, alpha, beta}), {x}, step);
}
ValueId Call::cast(ValueId x, DType to, std::string_view step) {
  return failed() || dtype(x) == to ? x : add(with(Cast{}, &Cast::to, to), {x}, step);
}
ValueId Call::reshape(ValueId x, Sizes target, std::string_view step) {
  return add(with(Reshape{}, &Reshape::target, std::move(target)), {x}, step);
}

ValueId Call::reshape(ValueId x, const Dims& sizes, std::string_view step) {
  if (failed()) return kNoValue;
  const Dims& from = dims(x);
  Sizes target;
  std::vector<bool> kept(from.size());
  bool inferred = false;
  for (const Dim& size : sizes) {
    std::size_t axis = 0;
    while (axis < from.size() && (kept[axis] || !from[axis].same(size))) ++axis;
    if (size.known() && size.number() != 0) {
      target.push_back(size.number());
    } else if (axis < from.size()) {
      kept[axis] = true;
      target.push_back(Reshape::keep(static_cast<std::int64_t>(axis)));
    } else if (!inferred && !size.known()) {
      inferred = true;
      target.push_back(Reshape::kInfer);
    } else {
      fail(Error("import.unknown-size",
                 text("{} cannot become {}", vivace::to_text(from, builder_.graph().symbols()),
                      vivace::to_text(sizes, builder_.graph().symbols()))));
      return kNoValue;
    }
  }
  return reshape(x, std::move(target), step);
}

ValueId Call::transpose(ValueId x, Sizes order, std::string_view step) {
  for (std::size_t i = 0; i < order.size(); ++i)
    if (order[i] != static_cast<std::int64_t>(i))
      return add(with(Transpose{}, &Transpose::order, std::move(order)), {x}, step);
  return x;
}

Activation Call::activation(int fused) {
  switch (fused) {
    case 0:
      return {};
    case 1:
      return {UnaryKind::relu, 0, 0};
    case 2:
      return {UnaryKind::clamp, -1, 1};
    case 3:
      return {UnaryKind::clamp, 0, 6};
    case 4:
      return {UnaryKind::tanh, 0, 0};
    default:
      mistake(text("its activation has the number {}", fused));
      return {};
  }
}

void Call::output(ValueId real, ValueId imaginary) {
  if (!failed() && op_.outputs.size() > outputs_.size() && op_.outputs[outputs_.size()] >= 0)
    scope_.imaginary[static_cast<std::size_t>(op_.outputs[outputs_.size()])] = imaginary;
  output(real);
}

void Call::fail(Error error) {
  if (error.at().empty()) return builder_.fail(std::move(error).at(place()));
  builder_.fail(std::move(error));
}

void Call::mistake(std::string what) {
  fail(Error("import.config", text("{} does not fit: {}", name_of(op_), what))
           .fix("the file is damaged, or no TensorFlow Lite would run it: convert the model again"));
}

void Call::refuse(std::string reason, std::string fix) {
  fail(Error("import.unsupported", text("{} cannot be imported: {}", name_of(op_), reason))
           .fix(std::move(fix)));
}

std::string Call::place() const {
  return text("{}:subgraph {}, operator {} {} at byte {}", builder_.model()->name, scope_.subgraph, number_,
              name_of(op_), op_.offset);
}

std::string Call::node_name(std::string_view step) const {
  std::string name;
  if (!op_.outputs.empty() && op_.outputs[0] >= 0) name = std::string(record(op_.outputs[0]).name);
  if (name.empty()) name = text("{}_{}", name_of(op_), number_);
  return step.empty() ? name : name + "/" + std::string(step);
}

}  // namespace vivace::tflite
