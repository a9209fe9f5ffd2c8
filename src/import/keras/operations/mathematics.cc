// keras.ops that reduce, multiply, look up or resample, as nodes.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {

void matmul(Call& call) {
  const auto [left, right] = operands(call, "x1|a|x", "x2|b|y");
  Term a(call, left), b(call, right);
  if (call.failed()) return;
  if (!is_float(a.dtype())) a = a.as(sum_type(a.dtype())), b = b.as(a.dtype());
  const MatMul op = with(MatMul{}, &MatMul::transpose_a, call.flag_option("transpose_a|adjoint_a", -1, false),
                         &MatMul::transpose_b, call.flag_option("transpose_b|adjoint_b", -1, false));
  const bool vector = b.rank() == 1;
  if (vector) b = widened(b, 1);
  const Term y(call, call.add(op, {a, b}, vector ? "product" : ""));
  call.output(vector ? narrowed(y, y.rank() - 1) : y);
}

namespace {

// The letters of two terms that are still needed: by the terms that follow, or by the output.
std::string letters_left(const std::string& a, const std::string& b, const std::string& later) {
  std::string left;
  for (const char letter : a + b)
    if (later.find(letter) != std::string::npos && left.find(letter) == std::string::npos) left += letter;
  return left;
}

Term einsum_of(Call& call, const std::string& equation, std::vector<ValueId> inputs, std::string_view step) {
  return {call, call.add(with(Einsum{}, &Einsum::equation, equation), std::move(inputs), step)};
}

}  // namespace

// Of more than two tensors the first two are joined until two are left.
void einsum(Call& call) {
  std::string equation(call.text_option("subscripts|equation", -1, ""));
  std::erase(equation, ' ');
  std::vector<Term> terms;
  for (int place = 0; call.option("", place) && place < 16; ++place)
    terms.emplace_back(call, call.tensor_option("", place));
  if (call.failed()) return;
  if (terms.empty()) return call.mistake("subscripts", "an equation of the tensors given");
  DType type = terms.front().dtype();
  for (const Term& term : terms) type = common_type({type}, {term.dtype()});
  std::vector<ValueId> values;
  for (const Term& term : terms) values.push_back(term.as(type).real());
  const std::size_t arrow = equation.find("->");
  std::vector<std::string> names;
  for (const std::string_view name : split(std::string_view(equation).substr(0, arrow), ','))
    names.emplace_back(name);
  const std::string output = arrow == std::string::npos ? "" : equation.substr(arrow + 2);
  if (values.size() > 2 && (arrow == std::string::npos || names.size() != values.size() ||
                            equation.find('.') != std::string::npos))
    return call.mistake("subscripts", "an equation with an output and no \"...\"");
  while (values.size() > 2) {
    std::string later = output;
    for (std::size_t i = 2; i < names.size(); ++i) later += names[i];
    const std::string left = letters_left(names[0], names[1], later);
    const Term joint =
        einsum_of(call, names[0] + "," + names[1] + "->" + left, {values[0], values[1]}, "joint");
    values.erase(values.begin()), names.erase(names.begin());
    values[0] = joint, names[0] = left;
  }
  if (terms.size() > 2) equation = names[0] + "," + names[1] + "->" + output;
  call.output(einsum_of(call, equation, values, is_float(type) ? "" : "sum").as(type));
}

// Keras 2 writes the first argument of a call and its keywords: of tf.einsum(equation, a, b), no tensor.
void einsum_function(Call& call) {
  call.refuse("tf.einsum as a node: Keras does not write its inputs into the file",
              "use keras.layers.EinsumDense, or tf.linalg.matmul");
}

void top_k(Call& call) {
  for (const ValueId output :
       call.add_many(with(TopK{}, &TopK::k, call.integer_option("k", 1, 1)), {operand(call)}))
    call.output(output);
}

namespace {

// Where the largest or smallest stands: along an axis, or in the flattened tensor.
Term place_of(Term x, bool smallest, std::string_view step) {
  Call& call = x.call();
  ArgReduce op = with(ArgReduce{}, &ArgReduce::smallest, smallest);
  const bool flattens = !call.option("axis", 1) && call.era() >= 3;
  op.axis = flattens ? 0 : call.axis_of(call.integer_option("axis", 1, 0), x.rank());
  op.keep_dims = !flattens && call.flag_option("keepdims", 2, false);
  op.result =
      call.era() >= 3 || call.text_option("output_type", -1, "int64") == "int32" ? DType::i32 : DType::i64;
  const Term y(call, call.add(op, {flattens ? flat(x) : x}, step));
  if (!flattens || !call.flag_option("keepdims", 2, false)) return y;
  return shaped(y, Sizes(static_cast<std::size_t>(x.rank()), 1));
}

// NaN does not count; a row of nothing else gives -1.
template <bool kSmallest>
void nan_arg_reduce(Call& call) {
  const Term x(call, operand(call));
  if (call.failed()) return;
  if (!is_float(x.dtype())) return call.output(place_of(x, kSmallest, {}));
  const Term missing = apply(UnaryKind::is_nan, x);
  const double last = std::numeric_limits<double>::infinity();
  const Term place = place_of(select(missing, kSmallest ? last : -last, x), kSmallest, "place");
  const bool keep = call.flag_option("keepdims", 2, false);
  const Term none = reduce(Reduce::Kind::all, missing, axes_or_all(call, "axis", 1, x.rank()), keep);
  call.output(select(none, -1.0, place));
}

}  // namespace

template <bool kSmallest>
void arg_reduce(Call& call) {
  const Term x(call, operand(call));
  if (!call.failed()) call.output(place_of(x, kSmallest, {}));
}
template void arg_reduce<false>(Call& call);
template void arg_reduce<true>(Call& call);

namespace {

constexpr Rule kRules[] = {
    {"Matmul", matmul},
    {"Einsum", einsum},
    {"Argmax", arg_reduce<false>},
    {"Argmin", arg_reduce<true>},
    {"Nanargmax", nan_arg_reduce<false>},
    {"Nanargmin", nan_arg_reduce<true>},
    {"TopK", top_k},
};

// Functions that TensorFlow has and keras.ops lacks.
constexpr Rule kTensorFlowOnly[] = {
    {"einsum", einsum_function},
    {"linalg.einsum", einsum_function},
    {"strided_slice", strided_slice},
};

}  // namespace

std::span<const Rule> math_operations() { return kRules; }
std::span<const Rule> tensorflow_operations() { return kTensorFlowOnly; }

}  // namespace vivace::keras
