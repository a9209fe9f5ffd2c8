// One call of one layer while the graph is built: what a layer's recipe sees.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "import/keras/build/builder.h"
#include "import/keras/build/policy.h"
#include "import/keras/layer.h"
#include "ops/all.h"

namespace vivace::keras {

/// An operator with some of its attributes set: with(Softmax{}, &Softmax::axes, axes, &Softmax::log, true).
template <class Op>
Op with(Op op) {
  return op;
}
template <class Op, class Base, class Field, class... Rest>
Op with(Op op, Field Base::*member, std::type_identity_t<Field> value, Rest... rest) {
  op.*member = std::move(value);
  return with(std::move(op), std::move(rest)...);
}

/// The sizes of a tensor that a Keras config promises, as numbers.
using Sizes = std::vector<std::int64_t>;

/// A recipe reads its config and inputs, adds nodes and names its outputs. Nothing here fails by itself: the
/// first mistake is remembered, everything after it does nothing, and whoever made the call looks once.
///
///     void dense(Call& call) {
///       const ValueId x = call.float_input();
///       const std::int64_t units = call.config().size("units");
///       const ValueId kernel = call.weight("kernel", {call.size(x, -1), units}, "units");
///       call.output(call.activated(call.add(MatMul{}, {x, kernel, call.bias(units, "units")})));
///     }
class Call {
 public:
  Call(Builder& builder, Layer& layer, Invocation invocation);

  const Config& config() const { return layer_.config; }
  Layer& layer() { return layer_; }
  Builder& builder() { return builder_; }
  /// 1, 2 or 3: the generation of Keras that wrote the file.
  int era() const { return layer_.era ? layer_.era : builder_.era(); }

  // What it is called with. Inputs are the tensors of the first argument, flattened.
  const Invocation& invocation() const { return invocation_; }
  std::size_t input_count() const { return inputs_.size(); }
  ValueId input(std::size_t index = 0);
  /// The same in the float type of the call, whatever type it has.
  ValueId float_input(std::size_t index = 0);
  /// What the call computes in: float32, or float64 where the layer's policy (or an operation's input) says
  /// so.
  DType float_type() const { return carrier_of(policy_.compute); }
  const Policy& policy() const { return policy_; }
  /// From here on the call's float type is `type`: for outputs that are not of their policy's type.
  void compute_in(DType type) { policy_.compute = type; }
  ValueId mask(std::size_t index = 0) const;
  const std::vector<Flow>& inputs() const { return inputs_; }
  /// An argument by name or place (-1: by name only), or the operation's config entry; nullptr if left out or
  /// None. `names` may hold alternatives separated by '|'.
  const Setting* option(std::string_view names, int place = -1) const;
  bool flag_option(std::string_view names, int place, bool otherwise);
  std::int64_t integer_option(std::string_view names, int place, std::optional<std::int64_t> otherwise = {});
  double number_option(std::string_view names, int place, std::optional<double> otherwise = {});
  std::string_view text_option(std::string_view names, int place, std::string_view otherwise);
  Sizes integers_option(std::string_view names, int place);
  /// Axes in [0, rank): the last one where none are given.
  Sizes axes_option(std::string_view names, int place, std::int64_t rank);
  /// An argument that is a tensor, or a number or array that becomes a constant; kNoValue if left out.
  /// A bare number takes the type of `like`, as in TensorFlow and Keras.
  ValueId tensor_option(std::string_view names, int place, ValueId like = kNoValue);
  ValueId as_value(const Setting& setting, ValueId like = kNoValue);

  // What is known of a value.
  std::int64_t rank(ValueId value) const;
  DType dtype(ValueId value) const;
  /// Size of an axis; negative axes count from the end.
  Dim dim(ValueId value, std::int64_t axis) const;
  /// The same as a number: import.unknown-size where the file leaves it open.
  std::int64_t size(ValueId value, std::int64_t axis);
  /// Checks the rank: import.rank where it differs.
  void want_rank(ValueId value, std::int64_t rank);
  /// An axis in [0, rank): import.config where there is none such.
  std::int64_t axis_of(std::int64_t axis, std::int64_t rank);
  Sizes axes_of(const Sizes& axes, std::int64_t rank);

  // Making nodes. The main node of a layer bears its name; a helper has a `step`: "conv1/transposed".
  template <class T>
  ValueId add(T op, std::vector<ValueId> inputs, std::string_view step = {}) {
    const auto outputs = add_many(std::move(op), std::move(inputs), step);
    return outputs.empty() ? kNoValue : outputs.front();
  }
  template <class T>
  // NOLINTNEXTLINE(performance-unnecessary-value-param): moved from, which clang-tidy 14 overlooks
  std::vector<ValueId> add_many(T op, std::vector<ValueId> inputs, std::string_view step = {}) {
    return builder_.add(make_op(std::move(op)), std::move(inputs), node_name(step), origin());
  }
  ValueId constant(Tensor tensor, std::string_view step = {});
  /// Numbers of the call's float type.
  ValueId constant(std::span<const double> numbers, Sizes dims);
  ValueId constant(std::span<const float> numbers, Sizes dims);
  ValueId scalar(double number) { return scalar(number, float_type()); }
  ValueId scalar(double number, DType dtype);
  /// The numbers at config[key] as a constant: one as a scalar, more along an axis.
  ValueId numbers(std::string_view key, double otherwise);
  ValueId binary(Binary::Kind kind, ValueId a, ValueId b, std::string_view step = {});
  ValueId unary(UnaryKind kind, ValueId x, std::string_view step = {}, double alpha = 0, double beta = 0);
  ValueId cast(ValueId x, DType to, std::string_view step = "cast");
  ValueId reshape(ValueId x, Sizes target, std::string_view step = {});
  ValueId transpose(ValueId x, Sizes order, std::string_view step = {});

  /// A weight of the promised shape. `key` is the config entry that it follows from, for the message.
  ValueId weight(std::string_view name, const Sizes& dims, std::string_view key);
  /// The same without a promise: whatever shape it has in the file.
  ValueId weight(std::string_view name);
  bool has_weight(std::string_view name);
  /// The numbers of a weight as the file holds them, without a place in the graph; nullptr after an error.
  ConstantPtr stored(std::string_view name);
  ConstantPtr stored(std::string_view name, const Sizes& dims, std::string_view key);
  /// The same, of floats: import.weight-type for anything else.
  ConstantPtr floats(std::string_view name);
  ConstantPtr floats(std::string_view name, const Sizes& dims, std::string_view key);
  /// The same numbers under other sizes.
  ValueId reshaped(ValueId weight, Sizes dims);
  /// The weight "bias" [size], or kNoValue where the config says use_bias=False.
  ValueId bias(std::int64_t size, std::string_view key);
  /// x through config["activation"].
  ValueId activated(ValueId x, std::string_view key = "activation");

  /// channels_first layers compute in the engine's order: in by one, out by the other.
  bool channels_first() const;
  ValueId to_channels_last(ValueId x);
  ValueId from_channels_last(ValueId y);

  /// The outputs, in order. The mask is the rule's, unless given.
  void output(ValueId value);
  void output(ValueId value, ValueId mask);
  /// An output of a float type that the call chooses itself, as a cast does.
  void output_as(ValueId value, DType type) { outputs_.push_back({value, kNoValue, narrowed(value, type)}); }
  void output_complex(ValueId real, ValueId imaginary) {
    outputs_.push_back({real, kNoValue, DType::f32, imaginary});
  }
  std::vector<Flow> outputs() const { return outputs_; }

  /// Records import.config: the option must be `wanted`; the message shows what it is.
  void mistake(std::string_view names, std::string_view wanted, int place = -1);
  void fail(Error error) { builder_.trouble().add(std::move(error)); }
  bool failed() const { return builder_.trouble().any(); }
  /// import.unsupported: this layer, in this form.
  void refuse(std::string reason, std::string fix);
  /// "Conv2D block1_conv1"
  std::string origin() const { return layer_.class_name + " " + layer_.path; }

 private:
  void take_type_of_inputs();
  ValueId autocast(ValueId value, std::size_t index = 0);
  DType narrowed(ValueId value, DType type) const;
  std::string node_name(std::string_view step) const;
  Error weight_error(const Weight& weight, const Sizes& want, const Sizes& have, std::string_view key) const;

  Builder& builder_;
  Layer& layer_;
  Invocation invocation_;
  Policy policy_;
  std::vector<Flow> inputs_;
  std::vector<Flow> outputs_;
};

}  // namespace vivace::keras
