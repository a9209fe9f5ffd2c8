// keras.ops on the bits of integers, special functions, and running sums and products.
#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

ValueId bitwise_of(Call& call, Bitwise::Kind kind, ValueId a, ValueId b, std::string_view step = {}) {
  return call.add(with(Bitwise{}, &Bitwise::kind, kind), {a, b}, step);
}

// Booleans know the same as logic.
Binary::Kind logic_of(Bitwise::Kind kind) {
  return kind == Bitwise::Kind::both     ? Binary::Kind::logical_and
         : kind == Bitwise::Kind::either ? Binary::Kind::logical_or
                                         : Binary::Kind::logical_xor;
}

template <Bitwise::Kind kKind>
void bits(Call& call) {
  const auto [a, b] = operands(call, "x1|x", "x2|y");
  if (call.failed()) return;
  if (call.dtype(a) == DType::boolean && kKind <= Bitwise::Kind::differ)
    return call.output(call.binary(logic_of(kKind), a, b));
  if (is_float(call.dtype(a))) return call.refuse("it works on the bits of a float", "cast to int32 first");
  call.output(bitwise_of(call, kKind, a, b));
}

void invert(Call& call) {
  const Term x(call, operand(call));
  if (call.failed()) return;
  if (x.dtype() == DType::boolean) return call.output(!x);
  if (is_float(x.dtype())) return call.refuse("it works on the bits of a float", "cast to int32 first");
  call.output(bitwise_of(call, Bitwise::Kind::differ, x, number_like(x, -1)));
}

void least_common_multiple(Call& call) {
  const auto [left, right] = operands(call, "x1|x", "x2|y");
  if (call.failed()) return;
  if (is_float(call.dtype(left))) return call.refuse("it takes integers", "cast to int32 first");
  const bool positive = call.dtype(left) >= DType::u8 && call.dtype(left) <= DType::u64;
  const Term a = positive ? Term(call, left) : abs({call, left}),
             b = positive ? Term(call, right) : abs({call, right});
  const Term divisor(call, bitwise_of(call, Bitwise::Kind::gcd, a, b, "divisor"));
  const Term none = divisor == 0.0;
  const Term share = combine(Binary::Kind::floor_divide, b, select(none, number_like(divisor, 1), divisor));
  call.output(select(none, number_like(a, 0), a * share));
}

template <Special::Function kFunction>
void special(Call& call) {
  const ValueId x = as_float(call, operand(call));
  call.output(call.add(with(Special{}, &Special::function, kFunction), {x}));
}

void normal_quantile(Call& call) {
  const Term x = Term(call, operand(call)).real() * 2.0 - 1.0;
  const Special inverse = with(Special{}, &Special::function, Special::Function::erf_inverse);
  call.output(Term(call, call.add(inverse, {x}, "inverse")) * 1.4142135623730951);
}

// Running sums and products. Keras runs along the flattened tensor where there is no axis.
void running(Call& call, bool product, bool skips_nan) {
  Term x(call, operand(call));
  if (call.failed()) return;
  if (is_float(x.dtype()) && skips_nan)
    x = select(apply(UnaryKind::is_nan, x), number_like(x, product ? 1 : 0), x);
  if (const std::string_view type = call.text_option("dtype", -1, ""); type.starts_with("float"))
    x = x.real();
  else if (type == "int64" || type == "int32")
    x = x.as(type == "int32" ? DType::i32 : DType::i64);
  if (x.dtype() == DType::boolean) x = x.as(DType::i32);
  const bool flattens = call.era() >= 3 && !call.option("axis", 1);
  if (flattens) x = flat(x);
  Cumulative op = with(Cumulative{}, &Cumulative::product, product);
  op.axis = flattens ? 0 : call.axis_of(call.integer_option("axis", 1, 0), x.rank());
  op.exclusive = call.flag_option("exclusive", -1, false);
  op.reverse = call.flag_option("reverse", -1, false);
  call.output(call.add(op, {x}));
}

template <bool kProduct, bool kSkipsNan>
void run_along(Call& call) {
  running(call, kProduct, kSkipsNan);
}

constexpr Rule kRules[] = {
    {"BitwiseAnd", bits<Bitwise::Kind::both>},
    {"BitwiseOr", bits<Bitwise::Kind::either>},
    {"BitwiseXor", bits<Bitwise::Kind::differ>},
    {"BitwiseLeftShift", bits<Bitwise::Kind::left_shift>},
    {"LeftShift", bits<Bitwise::Kind::left_shift>},
    {"BitwiseRightShift", bits<Bitwise::Kind::right_shift>},
    {"RightShift", bits<Bitwise::Kind::right_shift>},
    {"BitwiseInvert", invert},
    {"BitwiseNot", invert},
    {"Gcd", bits<Bitwise::Kind::gcd>},
    {"Lcm", least_common_multiple},
    {"Erfc", special<Special::Function::erfc>},
    {"Erfinv", special<Special::Function::erf_inverse>},
    {"I0", special<Special::Function::bessel_i0>},
    {"Cumsum", run_along<false, false>},
    {"Cumprod", run_along<true, false>},
    {"Nancumsum", run_along<false, true>},
    {"Nancumprod", run_along<true, true>},
};

constexpr Rule kFunctions[] = {
    {"bitwise.bitwise_and", bits<Bitwise::Kind::both>},
    {"bitwise.bitwise_or", bits<Bitwise::Kind::either>},
    {"bitwise.bitwise_xor", bits<Bitwise::Kind::differ>},
    {"bitwise.left_shift", bits<Bitwise::Kind::left_shift>},
    {"bitwise.right_shift", bits<Bitwise::Kind::right_shift>},
    {"bitwise.invert", invert},
    {"math.erfc", special<Special::Function::erfc>},
    {"math.erfinv", special<Special::Function::erf_inverse>},
    {"math.ndtri", normal_quantile},
    {"math.lgamma", special<Special::Function::log_gamma>},
    {"math.digamma", special<Special::Function::digamma>},
    {"math.bessel_i0", special<Special::Function::bessel_i0>},
    {"math.bessel_i0e", special<Special::Function::bessel_i0e>},
    {"math.bessel_i1", special<Special::Function::bessel_i1>},
    {"math.bessel_i1e", special<Special::Function::bessel_i1e>},
    {"math.special.bessel_i0", special<Special::Function::bessel_i0>},
    {"math.special.bessel_i1", special<Special::Function::bessel_i1>},
    {"math.cumsum", run_along<false, false>},
    {"cumsum", run_along<false, false>},
    {"math.cumprod", run_along<true, false>},
};

}  // namespace

std::span<const Rule> bit_operations() { return kRules; }
std::span<const Rule> bit_functions() { return kFunctions; }

}  // namespace vivace::keras
