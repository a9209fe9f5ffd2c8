// keras.ops of each element that are formulas of others: logaddexp, hypot, nan_to_num, isclose, ...
#include <cmath>
#include <limits>
#include <numbers>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Term is_nan(Term x) { return apply(UnaryKind::is_nan, x.real()); }
Term is_infinite(Term x) { return apply(UnaryKind::is_inf, x.real()); }

Term magnitude(Term x) {
  const bool positive = x.dtype() == DType::boolean || (x.dtype() >= DType::u8 && x.dtype() <= DType::u64);
  return positive ? x : abs(x);
}
Term real_magnitude(Term x) { return abs(x.real()); }
Term angle(Term x) { return select(x.real() < 0.0, kPi, filled_like(x, 0, DType::f32)); }
Term cube_root(Term x) {
  x = x.real();
  return apply(UnaryKind::sign, x) * combine(Binary::Kind::power, abs(x), 1.0 / 3);
}
Term radians(Term x) { return x.real() * (kPi / 180); }
Term degrees(Term x) { return x.real() * (180 / kPi); }
Term same(Term x) { return x; }
Term nothing(Term x) { return filled_like(x, 0, x.dtype()); }
Term always(Term x) { return filled_like(x, 1, DType::boolean); }
Term is_minus_infinity(Term x) { return x.real() == -kInfinity; }
Term is_plus_infinity(Term x) { return x.real() == kInfinity; }

// -0 has the sign bit, and 1 / -0 is -inf.
Term sign_bit(Term x) {
  if (!is_float(x.dtype())) return x < 0.0;
  return x < 0.0 || (x == 0.0 && apply(UnaryKind::reciprocal, x) < 0.0);
}

Term sinc(Term x) {
  x = x.real();
  const Term angle = x * kPi;
  return select(x == 0.0, 1.0, apply(UnaryKind::sin, angle) / angle);
}

Term squared(Term x) { return square(x.dtype() == DType::boolean ? x.as(DType::i32) : x); }
Term truncated(Term x) { return is_float(x.dtype()) ? apply(UnaryKind::trunc, x) : x; }

Term log_add_exp(Term a, Term b) {
  a = a.real(), b = b.real();
  const Term apart = a - b;
  return select(is_nan(apart), a + b, max(a, b) + apply(UnaryKind::log1p, exp(-abs(apart))));
}

Term log_add_exp2(Term a, Term b) {
  a = a.real(), b = b.real();
  const Term apart = a - b;
  const Term more = apply(UnaryKind::log1p, exp(abs(apart) * -std::numbers::ln2)) / std::numbers::ln2;
  return select(is_nan(apart), a + b, max(a, b) + more);
}

Term hypotenuse(Term a, Term b) {
  a = abs(a.real()), b = abs(b.real());
  const Term large = max(a, b);
  const Term ratio = combine(Binary::Kind::divide_no_nan, min(a, b), large);
  return large * sqrt(square(ratio) + 1.0);
}

Term heaviside(Term x, Term at_zero) {
  x = x.real();
  return select(x < 0.0, 0.0, select(x > 0.0, 1.0, at_zero.real()));
}

// Of two numbers the one that is one; maximum and minimum keep NaN.
Term ignoring_nan(Binary::Kind kind, Term a, Term b) {
  const Term y = combine(kind, a, b);
  if (!is_float(y.dtype())) return y;
  return select(is_nan(a) && !is_nan(b), b, select(is_nan(b) && !is_nan(a), a, y));
}
Term larger_number(Term a, Term b) { return ignoring_nan(Binary::Kind::maximum, a, b); }
Term smaller_number(Term a, Term b) { return ignoring_nan(Binary::Kind::minimum, a, b); }

Term c_modulo(Term a, Term b) {
  if (a.dtype() == DType::boolean) a = a.as(DType::i32);
  return apply(UnaryKind::sign, a) * combine(Binary::Kind::modulo, magnitude(a), magnitude(b));
}

Term scaled_by_power_of_two(Term x, Term exponent) {
  x = x.real();
  const Term y = x * apply(UnaryKind::exp2, exponent.real());
  return select(is_infinite(x) || x == 0.0, x, y);
}

// In Keras a step of float64 that rounding to float32 takes back.
Term next_after(Term x, Term towards) {
  return select(is_nan(towards), kNan, x.real() + filled_like(towards, 0, DType::f32));
}

Term quotient_or_zero(Term a, Term b) { return combine(Binary::Kind::divide_no_nan, a.real(), b.real()); }

Term close(Call& call, Term a, Term b) {
  if (!is_float(a.dtype())) return a == b;
  const double relative = call.number_option("rtol", 2, 1e-5), absolute = call.number_option("atol", 3, 1e-8);
  const Term near = abs(a - b) <= abs(b) * relative + absolute;
  return call.flag_option("equal_nan", 4, false) ? near || (is_nan(a) && is_nan(b)) : near;
}

void is_close(Call& call) {
  const auto [a, b] = operands(call, "x1", "x2");
  if (!call.failed()) call.output(close(call, {call, a}, {call, b}));
}

void all_close(Call& call) {
  const auto [left, right] = operands(call, "x1", "x2");
  if (call.failed()) return;
  const Term a(call, left), b(call, right);
  Term all = close(call, a, b);
  if (is_float(a.dtype()))
    all = (all && apply(UnaryKind::is_finite, a) && apply(UnaryKind::is_finite, b)) || a == b;
  if (is_float(a.dtype()) && call.flag_option("equal_nan", 4, false)) all = all || (is_nan(a) && is_nan(b));
  call.output(reduce(Reduce::Kind::all, all, axes_or_all(call, "", -1, all.rank())));
}

void nan_to_num(Call& call) {
  Term x(call, operand(call));
  if (call.failed()) return;
  if (!is_float(x.dtype())) return call.output(x);
  constexpr double kLargest = std::numeric_limits<float>::max();
  x = select(is_nan(x), call.number_option("nan", 1, 0), x);
  x = select(x == kInfinity, call.number_option("posinf", 2, kLargest), x);
  call.output(select(x == -kInfinity, call.number_option("neginf", 3, -kLargest), x));
}

void is_in(Call& call) {
  const auto [left, right] = operands(call, "x1", "x2");
  if (call.failed()) return;
  const Term x(call, left), among = flat({call, right});
  const Term hit = widened(x, x.rank()) == among;
  const Term found = reduce(Reduce::Kind::any, hit, {x.rank()});
  call.output(call.flag_option("invert", -1, false) ? !found : found);
}

// np.select: the first condition that holds decides.
void select_first(Call& call) {
  const Setting *conditions = call.option("condlist", 0), *choices = call.option("choicelist", 1);
  const bool lists = conditions && choices && conditions->is(Setting::Kind::list) &&
                     choices->is(Setting::Kind::list) && !choices->items.empty() &&
                     conditions->items.size() == choices->items.size();
  if (!lists) return call.mistake("condlist", "as many conditions as choices");
  Typed type = typed(call, choices->items.front());
  for (const Setting& choice : choices->items) type = {common_type(type, typed(call, choice))};
  const Setting* otherwise = call.option("default", 2);
  if (otherwise) type = {common_type(type, typed(call, *otherwise))};
  Term y(call, otherwise ? as_type(call, *otherwise, type.dtype) : call.scalar(0, type.dtype));
  for (std::size_t i = choices->items.size(); i-- > 0 && !call.failed();)
    y = select({call, call.as_value(conditions->items[i])},
               {call, as_type(call, choices->items[i], type.dtype)}, y);
  call.output(y);
}

void unravel_index(Call& call) {
  Term rest(call, call.tensor_option("indices|x", 0));
  const Sizes sizes = call.integers_option("shape", 1);
  if (call.failed()) return;
  if (sizes.empty()) return call.mistake("shape", "sizes of 1 or more");
  std::vector<Term> places;
  // Keras's TensorFlow backend counts from the last axis for a list of places, and from the first otherwise.
  const bool last_first = rest.rank() == 1;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int64_t size = sizes[last_first ? sizes.size() - 1 - i : i];
    if (size < 1) return call.mistake("shape", "sizes of 1 or more");
    places.push_back(combine(Binary::Kind::modulo, rest, static_cast<double>(size)));
    rest = combine(Binary::Kind::floor_divide, rest, static_cast<double>(size));
  }
  // Either way it gives them in the other order.
  for (std::size_t i = places.size(); i-- > 0;) call.output(places[i]);
}

void round_to(Call& call) {
  const std::int64_t decimals = call.integer_option("decimals", 1, 0);
  const Term x(call, operand(call));
  if (call.failed()) return;
  if (decimals < -300 || decimals > 300) return call.mistake("decimals", "a number from -300 to 300");
  if (!is_float(x.dtype()) && decimals >= 0) return call.output(x);
  if (decimals == 0) return call.output(call.unary(UnaryKind::round, x));
  const double factor = std::pow(10.0, static_cast<double>(decimals));
  const Term scaled = combine(Binary::Kind::multiply, x.real(), {call, call.scalar(factor)});
  const Term factor_again(call, call.scalar(factor));
  call.output((apply(UnaryKind::round, scaled) / factor_again).as(x.dtype()));
}

constexpr Rule kRules[] = {
    {"Absolute", formula<magnitude>},
    {"Abs", formula<magnitude>},
    {"Fabs", formula<real_magnitude>},
    {"Angle", formula<angle>},
    {"Cbrt", formula<cube_root>},
    {"Deg2rad", formula<radians>},
    {"Rad2deg", formula<degrees>},
    {"Conjugate", formula<same>},
    {"Real", formula<same>},
    {"Imag", formula<nothing>},
    {"Isreal", formula<always>},
    {"Isneginf", formula<is_minus_infinity>},
    {"Isposinf", formula<is_plus_infinity>},
    {"Signbit", formula<sign_bit>},
    {"Sinc", formula<sinc>},
    {"Square", formula<squared>},
    {"Trunc", formula<truncated>},
    {"Round", round_to},
    {"Logaddexp", formula<log_add_exp>},
    {"Logaddexp2", formula<log_add_exp2>},
    {"Hypot", formula<hypotenuse>},
    {"Heaviside", formula<heaviside>},
    {"Fmax", formula<larger_number>},
    {"Fmin", formula<smaller_number>},
    {"Fmod", formula<c_modulo>},
    {"Ldexp", formula<scaled_by_power_of_two>},
    {"Nextafter", formula<next_after>},
    {"DivideNoNan", formula<quotient_or_zero>},
    {"Isclose", is_close},
    {"AllClose", all_close},
    {"NanToNum", nan_to_num},
    {"IsIn", is_in},
    {"Select", select_first},
    {"UnravelIndex", unravel_index},
};

}  // namespace

std::span<const Rule> numeric_operations() { return kRules; }

}  // namespace vivace::keras
