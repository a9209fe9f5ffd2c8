// keras.ops of each element, as nodes: arithmetic, comparisons, activations.
#include <cmath>

#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {

void divide(Call& call) { arithmetic(call, Binary::Kind::divide); }

void clip(Call& call) {
  Term x(call, operand(call));
  const Setting *low = call.option("x_min|clip_value_min|a_min", 1),
                *high = call.option("x_max|clip_value_max|a_max", 2);
  if (call.failed()) return;
  if (x.dtype() == DType::boolean) x = x.as(DType::i32);
  if (!low || !high) return call.mistake(low ? "x_max" : "x_min", "a bound on either side");
  const bool numbers = low->is_number() && high->is_number();
  if (numbers && !std::isnan(low->number) && !std::isnan(high->number))
    return call.output(call.unary(UnaryKind::clamp, x, {}, low->number, high->number));
  call.output(max(min(x, {call, as_type(call, *high, x.dtype())}), {call, as_type(call, *low, x.dtype())}));
}

namespace {

// Rounded to 16 bits where the model asks for that, and computed in float32 from there on.
ValueId converted(Call& call, ValueId x, DType type) {
  if (is_narrow(type)) x = call.cast(x, type, "narrow");
  return call.cast(x, is_float(type) ? carrier_of(type) : type, {});
}

}  // namespace

void cast(Call& call) {
  const std::string_view name = call.text_option("dtype|dst_type", 1, "float32");
  for (int i = 0; i < kDTypes; ++i) {
    const auto type = static_cast<DType>(i);
    if (name_of(type) != name || type == DType::string) continue;
    const ValueId x = operand(call);
    const ValueId y = converted(call, x, type);
    if (const Dims* sizes = call.builder().shape_content(x)) call.builder().set_shape_content(y, *sizes);
    return call.output_as(y, type);
  }
  call.mistake("dtype", "a type of numbers");
}

// The nearest number that the type has; a cast of integers wraps around.
void saturate_cast(Call& call) {
  const std::string_view name = call.text_option("dtype|dst_type", 1, "float32");
  const ValueId x = operand(call);
  for (int i = 0; i < kDTypes && !call.failed(); ++i) {
    const auto type = static_cast<DType>(i);
    if (name_of(type) != name || type == DType::string) continue;
    const bool bounds = !is_float(type) && !is_float(call.dtype(x)) && call.dtype(x) != DType::boolean &&
                        type != DType::boolean && type != call.dtype(x);
    const bool positive = type >= DType::u8 && type <= DType::u64;
    const double half = std::ldexp(1, static_cast<int>(size_of(type)) * 8 - 1);
    const ValueId within = bounds ? call.unary(UnaryKind::clamp, x, "within", positive ? 0 : -half,
                                               positive ? 2 * half - 1 : half - 1)
                                  : x;
    return call.output_as(converted(call, within, type), type);
  }
  call.mistake("dtype", "a type of numbers", 1);
}

void where(Call& call) {
  const ValueId condition = call.tensor_option("condition", 0);
  const Setting *a = call.option("x1|x", 1), *b = call.option("x2|y", 2);
  if (!a || !b)
    return call.refuse("where() with a condition alone gives as many places as it finds", "give both values");
  const DType type = common_type(typed(call, *a), typed(call, *b));
  const ValueId then = as_type(call, *a, type, "cast_then"), otherwise = as_type(call, *b, type, "cast_else");
  call.output(call.add(Select{}, {call.cast(condition, DType::boolean, "condition"), then, otherwise}));
}

void relu6(Call& call) { call.output(call.unary(UnaryKind::clamp, as_float(call, operand(call)), {}, 0, 6)); }

void leaky_relu_operation(Call& call) {
  const double slope = call.number_option("negative_slope|alpha", 1, 0.2);
  call.output(call.unary(UnaryKind::leaky_relu, as_float(call, operand(call)), {}, slope));
}

void elu_operation(Call& call) {
  const double alpha = call.number_option("alpha", 1, 1);
  call.output(call.unary(UnaryKind::elu, as_float(call, operand(call)), {}, alpha));
}

void gelu(Call& call) {
  const bool approximate = call.flag_option("approximate", 1, false);
  call.output(
      call.unary(approximate ? UnaryKind::gelu_tanh : UnaryKind::gelu, as_float(call, operand(call))));
}

void hard_sigmoid(Call& call) {
  call.output(call.unary(UnaryKind::hard_sigmoid, as_float(call, operand(call)), {}, 1.0 / 6, 0.5));
}

namespace {

void celu(Call& call) {
  call.output(
      call.unary(UnaryKind::celu, as_float(call, operand(call)), {}, call.number_option("alpha", 1, 1)));
}

template <UnaryKind kKind>
void shrink(Call& call) {
  const double threshold = call.number_option("threshold|lambd", 1, 0.5);
  call.output(call.unary(kKind, as_float(call, operand(call)), {}, threshold));
}

void squareplus(Call& call) {
  call.output(
      call.unary(UnaryKind::squareplus, as_float(call, operand(call)), {}, call.number_option("b", 1, 4)));
}

constexpr Rule kRules[] = {
    {"Add", binary_operation<Binary::Kind::add>},
    {"Subtract", binary_operation<Binary::Kind::subtract>},
    {"Multiply", binary_operation<Binary::Kind::multiply>},
    {"Divide", divide},
    {"TrueDivide", divide},
    {"Power", binary_operation<Binary::Kind::power>},
    {"FloorDivide", binary_operation<Binary::Kind::floor_divide>},
    {"Mod", binary_operation<Binary::Kind::modulo>},
    {"Maximum", binary_operation<Binary::Kind::maximum>},
    {"Minimum", binary_operation<Binary::Kind::minimum>},
    {"Equal", binary_operation<Binary::Kind::equal>},
    {"NotEqual", binary_operation<Binary::Kind::not_equal>},
    {"Less", binary_operation<Binary::Kind::less>},
    {"LessEqual", binary_operation<Binary::Kind::less_equal>},
    {"Greater", binary_operation<Binary::Kind::greater>},
    {"GreaterEqual", binary_operation<Binary::Kind::greater_equal>},
    {"LogicalAnd", binary_operation<Binary::Kind::logical_and>},
    {"LogicalOr", binary_operation<Binary::Kind::logical_or>},
    {"LogicalXor", binary_operation<Binary::Kind::logical_xor>},
    {"Arctan2", binary_operation<Binary::Kind::atan2>},
    {"LogicalNot", unary_operation<UnaryKind::logical_not>},
    {"Negative", unary_operation<UnaryKind::negate>},
    {"Sign", unary_operation<UnaryKind::sign>},
    {"Sqrt", unary_operation<UnaryKind::sqrt>},
    {"Rsqrt", unary_operation<UnaryKind::rsqrt>},
    {"Reciprocal", unary_operation<UnaryKind::reciprocal>},
    {"Exp", unary_operation<UnaryKind::exp>},
    {"Exp2", unary_operation<UnaryKind::exp2>},
    {"Expm1", unary_operation<UnaryKind::expm1>},
    {"Log", unary_operation<UnaryKind::log>},
    {"Log1p", unary_operation<UnaryKind::log1p>},
    {"Log2", unary_operation<UnaryKind::log2>},
    {"Log10", unary_operation<UnaryKind::log10>},
    {"Sin", unary_operation<UnaryKind::sin>},
    {"Cos", unary_operation<UnaryKind::cos>},
    {"Tan", unary_operation<UnaryKind::tan>},
    {"Arcsin", unary_operation<UnaryKind::asin>},
    {"Arccos", unary_operation<UnaryKind::acos>},
    {"Arctan", unary_operation<UnaryKind::atan>},
    {"Sinh", unary_operation<UnaryKind::sinh>},
    {"Cosh", unary_operation<UnaryKind::cosh>},
    {"Arcsinh", unary_operation<UnaryKind::asinh>},
    {"Arccosh", unary_operation<UnaryKind::acosh>},
    {"Arctanh", unary_operation<UnaryKind::atanh>},
    {"Erf", unary_operation<UnaryKind::erf>},
    {"Floor", unary_operation<UnaryKind::floor>},
    {"Ceil", unary_operation<UnaryKind::ceil>},
    {"Isnan", unary_operation<UnaryKind::is_nan>},
    {"Isinf", unary_operation<UnaryKind::is_inf>},
    {"Isfinite", unary_operation<UnaryKind::is_finite>},
    {"Relu", unary_operation<UnaryKind::relu>},
    {"Relu6", relu6},
    {"LeakyRelu", leaky_relu_operation},
    {"Elu", elu_operation},
    {"Selu", unary_operation<UnaryKind::selu>},
    {"Celu", celu},
    {"Gelu", gelu},
    {"Sigmoid", unary_operation<UnaryKind::sigmoid>},
    {"Tanh", unary_operation<UnaryKind::tanh>},
    {"Silu", unary_operation<UnaryKind::silu>},
    {"Softplus", unary_operation<UnaryKind::softplus>},
    {"Softsign", unary_operation<UnaryKind::softsign>},
    {"LogSigmoid", unary_operation<UnaryKind::log_sigmoid>},
    {"HardSigmoid", hard_sigmoid},
    {"HardSilu", unary_operation<UnaryKind::hard_silu>},
    {"HardTanh", unary_operation<UnaryKind::hard_tanh>},
    {"HardShrink", shrink<UnaryKind::hard_shrink>},
    {"SoftShrink", shrink<UnaryKind::soft_shrink>},
    {"TanhShrink", unary_operation<UnaryKind::tanh_shrink>},
    {"SparsePlus", unary_operation<UnaryKind::sparse_plus>},
    {"SparseSigmoid", unary_operation<UnaryKind::sparse_sigmoid>},
    {"Squareplus", squareplus},
    {"Clip", clip},
    {"Cast", cast},
    {"SaturateCast", saturate_cast},
    {"Where", where},
    {"StopGradient", identity},
    {"Copy", identity},
};

}  // namespace

void identity(Call& call) { call.output(operand(call)); }

std::span<const Rule> elementwise_operations() { return kRules; }

}  // namespace vivace::keras
