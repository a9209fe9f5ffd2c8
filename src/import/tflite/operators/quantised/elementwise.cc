// Functions of one or two integers.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/tflite/operators/quantised/spaces.h"

namespace vivace::tflite {
namespace {

using Kind = QBinary::Kind;

struct Pair {
  Space a, b, y;
};

void refuse_mixture(Call& call) {
  call.refuse(text("it takes {} and {} to {}", name_of(call.tensor(0).type), name_of(call.tensor(1).type),
                   name_of(call.output_tensor().type)),
              "convert the model with activations of one type");
}

// Both operands of one type; a comparison has no scale in its output.
Pair pair_of(Call& call, bool gives_truth = false) {
  Pair pair{space_of(call, 0), space_of(call, 1), {}};
  if (call.output_count() == 0) call.mistake("it has no output");
  pair.y = gives_truth ? pair.a : output_space(call);
  if (!call.failed() && (pair.a.dtype != pair.b.dtype || pair.a.dtype != pair.y.dtype)) refuse_mixture(call);
  return pair;
}

void finish(Call& call, Kind kind, QBinary op, const Pair& pair) {
  op.kind = kind;
  op.a_zero = pair.a.zero;
  op.b_zero = pair.b.zero;
  call.output(call.add(op, {call.input(0), call.input(1)}));
}

double wide(float x) { return static_cast<double>(x); }

// Both operands in steps of half the greater scale, shifted left so that nothing of them is lost.
void share_scale(QBinary& op, const Pair& pair, std::int64_t left_shift) {
  const double twice = 2 * wide(std::max(pair.a.scale, pair.b.scale));
  op.left_shift = left_shift;
  op.a_multiplier = wide(pair.a.scale) / twice;
  op.b_multiplier = wide(pair.b.scale) / twice;
}

// TensorFlow Lite takes what is this near to a power of two for one.
std::optional<int> exponent_of(float scale) {
  const float exponent = std::log(scale) * (1.0F / std::log(2.0F));
  const float whole = std::round(exponent);
  if (std::fabs(exponent - whole) >= 1e-3F) return std::nullopt;
  return static_cast<int>(whole);
}

// 16-bit operands whose scales are powers of two: one is shifted right to the other's, the output's.
bool add_shifted(Call& call, Kind kind, const Pair& pair, int fused) {
  const auto a = exponent_of(pair.a.scale), b = exponent_of(pair.b.scale), y = exponent_of(pair.y.scale);
  if (!a || !b || !y) return false;
  if (*a > *y || *b > *y || (*a != *y && *b != *y)) {
    call.mistake("neither operand has the output's scale, or one has a greater");
    return true;
  }
  QBinary op;
  op.left_shift = 1;
  op.a_multiplier = std::ldexp(1, *a - *y - 1);
  op.b_multiplier = std::ldexp(1, *b - *y - 1);
  op.end = end_of(call, pair.y, {1}, fused);
  finish(call, kind, op, pair);
  return true;
}

// XNNPACK's factors of a sum: quotients of scales in float, the greater one of 21 bits.
bool share_steps(Call& call, QBinary& op, const Pair& pair, int fused) {
  const float a = pair.a.scale / pair.y.scale, b = pair.b.scale / pair.y.scale;
  const double quotients[] = {wide(a), wide(b)};
  if (!rounds_as_xnnpack(call, pair.a) || !between(quotients, 0x1p-10, 0x1p8)) return false;
  const int shift = 20 - std::ilogb(std::max(a, b));
  op.a_multiplier = std::nearbyint(wide(std::ldexp(a, shift)));
  op.b_multiplier = std::nearbyint(wide(std::ldexp(b, shift)));
  op.end = end_of(call, pair.y, {std::ldexp(1, -shift)}, fused, Rounding::exact_up);
  return true;
}

template <Kind kKind, class Options>
void sum(Call& call) {
  const Pair pair = pair_of(call);
  if (call.failed()) return;
  const auto& o = call.options<Options>();
  const auto fused = o.fused_activation_function();
  const bool shorts = pair.a.dtype == DType::i16;
  if (shorts && o.pot_scale_int16() && add_shifted(call, kKind, pair, fused)) return;
  QBinary op;
  if (share_steps(call, op, pair, fused)) return finish(call, kKind, op, pair);
  share_scale(op, pair, shorts ? 15 : 20);
  const double steps = std::ldexp(wide(pair.y.scale), static_cast<int>(op.left_shift));
  op.end = end_of(call, pair.y, {2 * wide(std::max(pair.a.scale, pair.b.scale)) / steps}, fused);
  finish(call, kKind, op, pair);
}

void squared_difference(Call& call) {
  const Pair pair = pair_of(call);
  if (call.failed()) return;
  QBinary op;
  share_scale(op, pair, 7);
  const double twice = 2 * wide(std::max(pair.a.scale, pair.b.scale));
  op.end = end_of(call, pair.y, {twice * twice / std::ldexp(wide(pair.y.scale), 14)});
  finish(call, Kind::squared_difference, op, pair);
}

void multiply(Call& call) {
  const Pair pair = pair_of(call);
  const auto fused = call.options<schema::MulOptions>().fused_activation_function();
  QBinary op;
  const double factors[] = {wide(pair.a.scale * pair.b.scale / pair.y.scale)};
  const bool even = rounds_as_xnnpack(call, pair.a) && between(factors, 0x1p-16, 0x1p8);
  op.end = end_of(call, pair.y, {factors[0]}, fused, even ? Rounding::float_even : Rounding::fixed31);
  finish(call, Kind::multiply, op, pair);
}

void divide(Call& call) {
  const Pair pair = pair_of(call);
  const auto fused = call.options<schema::DivOptions>().fused_activation_function();
  QBinary op;
  op.end = end_of(call, pair.y, {wide(pair.a.scale / (pair.b.scale * pair.y.scale))}, fused);
  finish(call, Kind::divide, op, pair);
}

// Slopes of int16 numbers are int8: the kernel takes those of int16 for twice as many of int8.
void prelu(Call& call) {
  const bool shorts = call.has(0) && call.tensor(0).type == Type::i16;
  if (shorts && call.has(1) && call.tensor(1).type == Type::i16)
    return call.refuse("its slopes are int16", "convert the model with slopes of int8");
  const Space a = space_of(call, 0), b = space_of(call, 1), y = output_space(call);
  if (call.failed()) return;
  const DType slopes = shorts ? DType::i8 : a.dtype;
  if (b.dtype != slopes || y.dtype != a.dtype) return refuse_mixture(call);
  const QBinary op = with(QBinary{}, &QBinary::kind, Kind::prelu, &QBinary::a_zero, a.zero, &QBinary::b_zero,
                          b.zero, &QBinary::a_multiplier, wide(a.scale / y.scale), &QBinary::end,
                          end_of(call, y, {wide(a.scale * b.scale / y.scale)}));
  call.output(call.add(op, {call.input(0), shorts ? call.cast(call.input(1), DType::i16) : call.input(1)}));
}

// Numbers of 16 bits are compared as they are stored, whatever their scales.
template <Kind kKind, Binary::Kind kStored>
void compare(Call& call) {
  const Pair pair = pair_of(call, true);
  if (!call.failed() && pair.a.dtype == DType::i16)
    return call.output(call.binary(kStored, call.input(0), call.input(1)));
  QBinary op;
  op.left_shift = 8;
  op.a_multiplier = wide(pair.a.scale);
  op.b_multiplier = wide(pair.b.scale);
  finish(call, kKind, op, pair);
}

void map(Call& call, QUnary::Kind kind, double alpha = 0, bool as_xnnpack = false) {
  const Space x = space_of(call), y = output_space(call);
  if (call.failed()) return;
  const QUnary op =
      with(QUnary{}, &QUnary::kind, kind, &QUnary::input_scale, wide(x.scale), &QUnary::input_zero, x.zero,
           &QUnary::output_scale, wide(y.scale), &QUnary::output_zero, y.zero, &QUnary::alpha, alpha,
           &QUnary::as_xnnpack, as_xnnpack);
  call.output(call.add(op, {call.input()}));
}

template <QUnary::Kind kKind>
void function(Call& call) {
  map(call, kKind);
}
void leaky_relu(Call& call) {
  const float alpha = call.options<schema::LeakyReluOptions>().alpha();
  const Space x = space_of(call), y = output_space(call);
  const double factors[] = {wide(x.scale / y.scale), std::fabs(wide(x.scale / y.scale * alpha))};
  map(call, QUnary::Kind::leaky_relu, wide(alpha),
      rounds_as_xnnpack(call, x) && between(factors, 0x1p-8, 0x1p7));
}
void gelu(Call& call) {
  const bool approximate = call.options<schema::GeluOptions>().approximate();
  map(call, approximate ? QUnary::Kind::gelu_tanh : QUnary::Kind::gelu);
}

// The quotient of the scales in float.
void bounded(Call& call, std::optional<float> low, std::optional<float> high) {
  const Space x = space_of(call), y = output_space(call);
  if (call.failed()) return;
  call.output(requantised(call, call.input(), x, end_between(y, {wide(x.scale / y.scale)}, low, high)));
}

void relu(Call& call) { bounded(call, 0.0F, std::nullopt); }
template <int kLow, int kHigh>
void clamp(Call& call) {
  bounded(call, static_cast<float>(kLow), static_cast<float>(kHigh));
}

constexpr QuantisedRule kRules[] = {
    {Code::ADD, sum<Kind::add, schema::AddOptions>},
    {Code::SUB, sum<Kind::subtract, schema::SubOptions>},
    {Code::MUL, multiply},
    {Code::DIV, divide},
    {Code::SQUARED_DIFFERENCE, squared_difference},
    {Code::PRELU, prelu},
    {Code::EQUAL, compare<Kind::equal, Binary::Kind::equal>},
    {Code::NOT_EQUAL, compare<Kind::not_equal, Binary::Kind::not_equal>},
    {Code::LESS, compare<Kind::less, Binary::Kind::less>},
    {Code::LESS_EQUAL, compare<Kind::less_equal, Binary::Kind::less_equal>},
    {Code::GREATER, compare<Kind::greater, Binary::Kind::greater>},
    {Code::GREATER_EQUAL, compare<Kind::greater_equal, Binary::Kind::greater_equal>},
    {Code::LOGISTIC, function<QUnary::Kind::logistic>},
    {Code::TANH, function<QUnary::Kind::tanh>},
    {Code::ELU, function<QUnary::Kind::elu>},
    {Code::EXP, function<QUnary::Kind::exp>},
    {Code::LOG, function<QUnary::Kind::log>},
    {Code::ABS, function<QUnary::Kind::abs>},
    {Code::SQRT, function<QUnary::Kind::sqrt>},
    {Code::RSQRT, function<QUnary::Kind::rsqrt>},
    {Code::HARD_SWISH, function<QUnary::Kind::hard_swish>},
    {Code::LEAKY_RELU, leaky_relu},
    {Code::GELU, gelu},
    {Code::RELU, relu},
    {Code::RELU6, clamp<0, 6>},
    {Code::RELU_N1_TO_1, clamp<-1, 1>},
    {Code::RELU_0_TO_1, clamp<0, 1>},
};

}  // namespace

std::span<const QuantisedRule> quantised_elementwise_rules() { return kRules; }

}  // namespace vivace::tflite
