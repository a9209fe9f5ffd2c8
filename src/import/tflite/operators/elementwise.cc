// Functions of one, two or three elements.
#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

using Kind = Binary::Kind;

void combine(Call& call, Kind kind, int fused = 0) {
  Binary op = with(Binary{}, &Binary::kind, kind);
  op.activation = call.activation(fused);
  call.output(call.add(op, {call.input(0), call.input(1)}));
}

template <Kind kKind>
void binary(Call& call) {
  combine(call, kKind);
}
// The greater of two truths is either, the less both.
template <Kind kKind, Kind kOfTruths>
void extreme(Call& call) {
  combine(call, call.dtype(call.input(0)) == DType::boolean ? kOfTruths : kKind);
}
template <Kind kKind, class Options>
void arithmetic(Call& call) {
  combine(call, kKind, call.options<Options>().fused_activation_function());
}

void divide(Call& call) {
  const bool integers = !is_float(call.dtype(call.input(0)));
  combine(call, integers ? Kind::truncate_divide : Kind::divide,
          call.options<schema::DivOptions>().fused_activation_function());
}

template <UnaryKind kKind>
void unary(Call& call) {
  call.output(call.unary(kKind, call.input()));
}

template <int kLeast, int kMost>
void clamp(Call& call) {
  call.output(call.unary(UnaryKind::clamp, call.input(), {}, kLeast, kMost));
}

void elu(Call& call) { call.output(call.unary(UnaryKind::elu, call.input(), {}, 1)); }

void leaky_relu(Call& call) {
  call.output(
      call.unary(UnaryKind::leaky_relu, call.input(), {}, call.options<schema::LeakyReluOptions>().alpha()));
}

void gelu(Call& call) {
  const bool approximate = call.options<schema::GeluOptions>().approximate();
  call.output(call.unary(approximate ? UnaryKind::gelu_tanh : UnaryKind::gelu, call.input()));
}

void prelu(Call& call) { call.output(call.binary(Kind::prelu, call.input(0), call.weight(1))); }

void add_n(Call& call) {
  ValueId sum = call.input(0);
  for (std::size_t i = 1; i < call.input_count(); ++i)
    sum = call.binary(Kind::add, sum, call.input(i), text("{}", i));
  call.output(sum);
}

void cast(Call& call) {
  const auto to = dtype_of(call.output_tensor().type);
  if (!to)
    return call.refuse(text("it casts to {}", name_of(call.output_tensor().type)),
                       "convert the model with real numbers");
  call.output(call.cast(call.input(), *to, {}));
}

void bitcast(Call& call) {
  const auto to = dtype_of(call.output_tensor().type);
  if (!to || *to == DType::boolean)
    return call.refuse(text("it makes {} of bytes", name_of(call.output_tensor().type)),
                       "convert the model with tf.cast instead");
  call.output(call.add(with(Bitcast{}, &Bitcast::result, *to), {call.input()}));
}

// A condition of one axis chooses rows in the first generation of this operator.
void select(Call& call) {
  ValueId condition = call.input(0);
  const ValueId a = call.input(1);
  if (call.rank(condition) == 1 && call.rank(a) > 1) {
    Sizes axes;
    for (std::int64_t axis = 1; axis < call.rank(a); ++axis) axes.push_back(axis);
    condition = with_axes(call, condition, axes, "rows");
  }
  call.output(call.add(Select{}, {condition, a, call.input(2)}));
}

void select_v2(Call& call) { call.output(call.add(Select{}, {call.input(0), call.input(1), call.input(2)})); }

template <Bitwise::Kind kKind>
void bitwise(Call& call) {
  call.output(call.add(with(Bitwise{}, &Bitwise::kind, kKind), {call.input(0), call.input(1)}));
}

constexpr auto kMoved = Quantised::moved;
// The kernels take the stored numbers for the ones that are meant, whatever their scales.
constexpr auto kStored = Quantised::computed;

constexpr Rule kRules[] = {
    {Code::ADD, arithmetic<Kind::add, schema::AddOptions>, OptionsKind::AddOptions},
    {Code::SUB, arithmetic<Kind::subtract, schema::SubOptions>, OptionsKind::SubOptions},
    {Code::MUL, arithmetic<Kind::multiply, schema::MulOptions>, OptionsKind::MulOptions},
    {Code::DIV, divide, OptionsKind::DivOptions},
    {Code::ADD_N, add_n, OptionsKind::AddNOptions},
    {Code::MAXIMUM, extreme<Kind::maximum, Kind::logical_or>, OptionsKind::MaximumMinimumOptions, kMoved},
    {Code::MINIMUM, extreme<Kind::minimum, Kind::logical_and>, OptionsKind::MaximumMinimumOptions, kMoved},
    {Code::POW, binary<Kind::power>, OptionsKind::PowOptions},
    {Code::SQUARED_DIFFERENCE, binary<Kind::squared_difference>, OptionsKind::SquaredDifferenceOptions},
    {Code::FLOOR_DIV, binary<Kind::floor_divide>, OptionsKind::FloorDivOptions, kStored},
    {Code::FLOOR_MOD, binary<Kind::modulo>, OptionsKind::FloorModOptions, kStored},
    {Code::ATAN2, binary<Kind::atan2>, OptionsKind::ATan2Options},
    {Code::EQUAL, binary<Kind::equal>, OptionsKind::EqualOptions},
    {Code::NOT_EQUAL, binary<Kind::not_equal>, OptionsKind::NotEqualOptions},
    {Code::LESS, binary<Kind::less>, OptionsKind::LessOptions},
    {Code::LESS_EQUAL, binary<Kind::less_equal>, OptionsKind::LessEqualOptions},
    {Code::GREATER, binary<Kind::greater>, OptionsKind::GreaterOptions},
    {Code::GREATER_EQUAL, binary<Kind::greater_equal>, OptionsKind::GreaterEqualOptions},
    {Code::LOGICAL_AND, binary<Kind::logical_and>, OptionsKind::LogicalAndOptions},
    {Code::LOGICAL_OR, binary<Kind::logical_or>, OptionsKind::LogicalOrOptions},
    {Code::LOGICAL_NOT, unary<UnaryKind::logical_not>, OptionsKind::LogicalNotOptions},
    {Code::BITWISE_XOR, bitwise<Bitwise::Kind::differ>, OptionsKind::BitwiseXorOptions, kStored},
    {Code::RIGHT_SHIFT, bitwise<Bitwise::Kind::right_shift>, OptionsKind::RightShiftOptions, kStored},
    {Code::ABS, unary<UnaryKind::abs>, OptionsKind::AbsOptions},
    {Code::NEG, unary<UnaryKind::negate>, OptionsKind::NegOptions, kStored},
    {Code::SIGN, unary<UnaryKind::sign>, OptionsKind::SignOptions},
    {Code::SQUARE, unary<UnaryKind::square>, OptionsKind::SquareOptions},
    {Code::SQRT, unary<UnaryKind::sqrt>},
    {Code::RSQRT, unary<UnaryKind::rsqrt>},
    {Code::EXP, unary<UnaryKind::exp>, OptionsKind::ExpOptions},
    {Code::LOG, unary<UnaryKind::log>},
    {Code::SIN, unary<UnaryKind::sin>},
    {Code::COS, unary<UnaryKind::cos>, OptionsKind::CosOptions},
    {Code::FLOOR, unary<UnaryKind::floor>},
    {Code::CEIL, unary<UnaryKind::ceil>},
    {Code::ROUND, unary<UnaryKind::round>},
    {Code::LOGISTIC, unary<UnaryKind::sigmoid>},
    {Code::TANH, unary<UnaryKind::tanh>},
    {Code::RELU, unary<UnaryKind::relu>},
    {Code::RELU6, clamp<0, 6>},
    {Code::RELU_N1_TO_1, clamp<-1, 1>},
    {Code::RELU_0_TO_1, clamp<0, 1>},
    {Code::ELU, elu},
    {Code::LEAKY_RELU, leaky_relu, OptionsKind::LeakyReluOptions},
    {Code::HARD_SWISH, unary<UnaryKind::hard_silu>, OptionsKind::HardSwishOptions},
    {Code::GELU, gelu, OptionsKind::GeluOptions},
    {Code::PRELU, prelu},
    {Code::CAST, cast, OptionsKind::CastOptions, kMoved},
    {Code::BITCAST, bitcast, OptionsKind::BitcastOptions, kMoved},
    {Code::SELECT, select, OptionsKind::SelectOptions, kMoved},
    {Code::SELECT_V2, select_v2, OptionsKind::SelectV2Options, kMoved},
};

}  // namespace

std::span<const Rule> elementwise_rules() { return kRules; }

}  // namespace vivace::tflite
