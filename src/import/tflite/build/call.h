// One operator of the file while the graph is built: what its recipe sees.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "formats/tflite/options.h"
#include "import/tflite/build/builder.h"
#include "ops/all.h"

namespace vivace::tflite {

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

using Sizes = std::vector<std::int64_t>;

/// A recipe reads the operator's options and inputs, adds nodes and names its outputs. Nothing here fails by
/// itself: the first mistake is remembered, everything after it does nothing, and the builder looks once.
///
///     void softmax(Call& call) {
///       const float beta = call.options<schema::SoftmaxOptions>().beta();
///       ValueId x = call.input();
///       if (beta != 1) x = call.binary(Binary::Kind::multiply, x, call.scalar(beta));
///       call.output(call.add(with(Softmax{}, &Softmax::axes, {call.rank(x) - 1}), {x}));
///     }
class Call {
 public:
  Call(Builder& builder, Scope& scope, std::size_t number);

  /// Finds the rule and follows it.
  void build();

  const Operator& op() const { return op_; }
  Builder& builder() { return builder_; }
  Scope& scope() { return scope_; }
  template <class T>
  const T& options() const {
    return options_of<T>(op_);
  }

  // What it is called with.
  std::size_t input_count() const { return op_.inputs.size(); }
  std::size_t output_count() const { return op_.outputs.size(); }
  /// Whether input i is there: neither beyond the end nor left out.
  bool has(std::size_t i) const { return i < op_.inputs.size() && op_.inputs[i] >= 0; }
  /// import.operands where it is not there.
  ValueId input(std::size_t i = 0);
  /// kNoValue where it is not there.
  ValueId optional(std::size_t i) { return has(i) ? input(i) : kNoValue; }
  /// Records in the file; one of nothing, without a scale, where it is not there.
  const TensorRecord& tensor(std::size_t i) const { return record_at(op_.inputs, i); }
  const TensorRecord& output_tensor(std::size_t i = 0) const { return record_at(op_.outputs, i); }
  /// What the file says of a tensor inside the operator.
  const TensorRecord& intermediate(std::size_t i) const { return record_at(op_.intermediates, i); }
  /// Whether it is an integer tensor that stands for real numbers.
  bool is_quantised(std::size_t i) const {
    return !tensor(i).quantisation.scales.empty() && is_small(tensor(i));
  }
  bool output_is_quantised(std::size_t i = 0) const {
    return !output_tensor(i).quantisation.scales.empty() && is_small(output_tensor(i));
  }
  const Quantisation& quantisation(std::size_t i) const { return tensor(i).quantisation; }
  const Quantisation& output_quantisation(std::size_t i = 0) const { return output_tensor(i).quantisation; }

  /// The numbers of a constant input as the file has them; nullptr where it is computed.
  ConstantPtr stored(std::size_t i);
  /// A weight as float32, its axes in this order (as in the file where that is empty): of halves and of
  /// quantised constants the real numbers. One that is computed becomes a node.
  ValueId weight(std::size_t i, const Sizes& order = {});
  /// The same; kNoValue where it is left out.
  ValueId optional_weight(std::size_t i, const Sizes& order = {}) {
    return has(i) ? weight(i, order) : kNoValue;
  }
  /// Integers that must be known: import.constant where they are not.
  Sizes integers(std::size_t i);
  /// One of them.
  std::int64_t integer(std::size_t i);
  double number(std::size_t i);
  /// Integers that may follow from unknown sizes; nothing where they are known only when it runs.
  std::optional<Dims> content(std::size_t i);

  // What is known of a value.
  std::int64_t rank(ValueId value) const;
  DType dtype(ValueId value) const;
  const Dims& dims(ValueId value) const;
  /// Size of an axis; negative axes count from the end. import.rank, import.unknown-size.
  std::int64_t size(ValueId value, std::int64_t axis);
  void want_rank(ValueId value, std::int64_t least, std::int64_t most);
  /// An axis in [0, rank): import.config where there is none such.
  std::int64_t axis_of(std::int64_t axis, std::int64_t rank);
  /// The same of several, ascending and each once.
  Sizes axes_of(const Sizes& axes, std::int64_t rank);

  // Making nodes. The main node bears its output's name; a helper has a `step`: "conv1/transposed".
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
  ValueId constant(ConstantPtr constant, std::string_view step = {});
  ValueId constant(vivace::Tensor tensor, std::string_view step = {}) {
    return constant(Constant::own(std::move(tensor)), step);
  }
  ValueId scalar(double number, DType dtype = DType::f32);
  ValueId binary(Binary::Kind kind, ValueId a, ValueId b, std::string_view step = {});
  ValueId unary(UnaryKind kind, ValueId x, std::string_view step = {}, double alpha = 0, double beta = 0);
  ValueId cast(ValueId x, DType to, std::string_view step = "cast");
  ValueId reshape(ValueId x, Sizes target, std::string_view step = {});
  /// To sizes of which some may be unknown; import.unknown-size where they do not follow from x's.
  ValueId reshape(ValueId x, const Dims& sizes, std::string_view step = {});
  ValueId transpose(ValueId x, Sizes order, std::string_view step = {});
  /// The activation that an options table names by its number.
  Activation activation(int fused);

  void output(ValueId value) { outputs_.push_back(value); }
  void output(const std::vector<ValueId>& values) {
    outputs_.insert(outputs_.end(), values.begin(), values.end());
  }
  /// A complex output.
  void output(ValueId real, ValueId imaginary);

  void fail(Error error);
  bool failed() const { return builder_.failed(); }
  /// import.config: `what` does not fit.
  void mistake(std::string what);
  /// import.unsupported: this operator, in this form.
  void refuse(std::string reason, std::string fix);
  /// "model.tflite:subgraph 0, operator 12 CONV_2D at byte 4096"
  std::string place() const;

 private:
  static bool is_small(const TensorRecord& tensor) { return bits_of(tensor.type) <= 16; }
  const TensorRecord& record(std::int32_t number) const {
    return builder_.model()->subgraphs[scope_.subgraph].tensors[static_cast<std::size_t>(number)];
  }
  ConstantPtr of_blocks(const ConstantPtr& held, const Quantisation& q);
  const TensorRecord& record_at(std::span<const std::int32_t> numbers, std::size_t i) const;
  std::string origin() const { return name_of(op_) + " " + node_name({}); }
  std::string node_name(std::string_view step) const;
  void take_outputs();

  Builder& builder_;
  Scope& scope_;
  std::size_t number_;
  const Operator& op_;
  std::vector<ValueId> outputs_;
};

}  // namespace vivace::tflite
