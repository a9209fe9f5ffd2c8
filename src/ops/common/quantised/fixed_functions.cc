#include "ops/common/quantised/fixed_functions.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace vivace::fixed {
namespace {

// Raw numbers of 32 or 16 bits, T.
template <class T>
constexpr int kFraction = std::numeric_limits<T>::digits;  // bits behind the sign, without integer bits
template <class T>
constexpr T kOne = std::numeric_limits<T>::max();
template <class T>
constexpr T kOneOf2Bits = static_cast<T>(1 << (kFraction<T> - 2));  // with two integer bits

// A constant of 32 bits as one of T.
template <class T>
constexpr T rounded(std::int32_t constant) {
  return static_cast<T>(rounding_divide_by_power_of_two(constant, 31 - kFraction<T>));
}

std::int32_t times(std::int32_t a, std::int32_t b) {
  return saturating_rounding_doubling_high_multiply(a, b);
}
std::int16_t times(std::int16_t a, std::int16_t b) {
  if (a == b && a == std::numeric_limits<std::int16_t>::min()) return kOne<std::int16_t>;
  return static_cast<std::int16_t>((a * b + (1 << 14)) >> 15);
}
template <class T>
T plus(T a, T b) {
  return static_cast<T>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
template <class T>
T minus(T a, T b) {
  return static_cast<T>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}
template <class T>
T divided(T x, int exponent) {
  return static_cast<T>(rounding_divide_by_power_of_two(x, exponent));
}

template <class T>
T scaled(T x, int exponent) {
  if (exponent <= 0) return divided(x, -exponent);
  const auto wide = static_cast<std::int64_t>(static_cast<std::uint64_t>(std::int64_t{x}) << exponent);
  return static_cast<T>(
      std::clamp<std::int64_t>(wide, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

template <class T>
T half_of_sum(T a, T b) {
  const std::int64_t sum = std::int64_t{a} + b;
  return static_cast<T>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

// 2 / (1 + a) with two integer bits, by three of Newton's steps from a linear guess.
template <class T>
T two_over_one_plus(T a) {
  constexpr T k48Over17 = rounded<T>(1515870810),
              kMinus32Over17 = rounded<T>(-1010580540);  // two integer bits
  const T half_denominator = half_of_sum(a, kOne<T>);
  T x = plus(k48Over17, times(half_denominator, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    const T rest = minus(kOneOf2Bits<T>, times(half_denominator, x));
    x = plus(x, scaled(times(x, rest), 2));
  }
  return x;
}

// The sum saturates where it has 16 bits.
std::int32_t plus_at_the_end(std::int32_t a, std::int32_t b) { return plus(a, b); }
std::int16_t plus_at_the_end(std::int16_t a, std::int16_t b) {
  return static_cast<std::int16_t>(std::clamp(a + b, -32768, 32767));
}

// exp(a) for -1/4 <= a < 0: four terms of the series around -1/8.
template <class T>
T exp_of_small(T a) {
  constexpr T kExpOfMinusEighth = rounded<T>(1895147668), kThird = rounded<T>(715827883);
  const T x = plus(a, static_cast<T>(1 << (kFraction<T> - 3)));
  const T x2 = times(x, x), x3 = times(x2, x), x4 = times(x2, x2);
  const T high_terms = divided(plus(times(plus(divided(x4, 2), x3), kThird), x2), 1);
  return plus_at_the_end(kExpOfMinusEighth, times(kExpOfMinusEighth, plus(x, high_terms)));
}

template <class T>
T exp_below_zero(T a, int integer_bits) {
  if (a == 0) return kOne<T>;
  // exp(-1/4), exp(-1/2), exp(-1), ... exp(-16): one factor for each bit of what the quarters leave.
  constexpr T kFactors[] = {rounded<T>(1672461947), rounded<T>(1302514674), rounded<T>(790015084),
                            rounded<T>(290630308),  rounded<T>(39332535),   rounded<T>(720401),
                            rounded<T>(242)};
  const int fractional_bits = kFraction<T> - integer_bits;
  if (integer_bits > 5 && a < -(std::int64_t{1} << (fractional_bits + 5))) return 0;
  const T quarter = fractional_bits >= 2 ? static_cast<T>(1 << (fractional_bits - 2)) : T{0};
  const T within = minus(static_cast<T>(a & (quarter - 1)), quarter);
  T result = exp_of_small(scaled(within, integer_bits));
  const auto rest = static_cast<std::uint32_t>(minus(within, a));
  for (int exponent = -2; exponent <= 4; ++exponent)
    if (integer_bits > exponent && fractional_bits + exponent >= 0 &&
        (rest >> (fractional_bits + exponent) & 1) != 0)
      result = times(result, kFactors[exponent + 2]);
  return result;
}

template <class T>
T logistic_of(T a, int integer_bits) {
  if (a == 0) return static_cast<T>(1 << (kFraction<T> - 1));
  const T above = scaled(two_over_one_plus(exp_below_zero(a > 0 ? minus(T{0}, a) : a, integer_bits)), 1);
  return a > 0 ? above : minus(kOne<T>, above);
}

template <class T>
T tanh_of(T a, int integer_bits) {
  if (a == 0) return 0;
  // Twice as much is the same raw number with one integer bit more.
  const T e = exp_below_zero(a < 0 ? a : minus(T{0}, a), integer_bits + 1);
  const T magnitude = scaled(minus(two_over_one_plus(e), kOneOf2Bits<T>), 2);
  return a < 0 ? minus(T{0}, magnitude) : magnitude;
}

}  // namespace

std::int32_t scale_saturating(std::int32_t x, int exponent) { return scaled(x, exponent); }
std::int32_t half_sum(std::int32_t a, std::int32_t b) { return half_of_sum(a, b); }
std::int32_t one_over_one_plus(std::int32_t a) { return scaled(two_over_one_plus(a), 1); }
std::int32_t one_minus_over_one_plus(std::int32_t a) {
  return scaled(minus(two_over_one_plus(a), kOneOf2Bits<std::int32_t>), 2);
}
std::int32_t exp_of_negative(std::int32_t a, int integer_bits) { return exp_below_zero(a, integer_bits); }
std::int32_t logistic(std::int32_t a, int integer_bits) { return logistic_of(a, integer_bits); }
std::int32_t tanh(std::int32_t a, int integer_bits) { return tanh_of(a, integer_bits); }
std::int16_t logistic(std::int16_t a, int integer_bits) { return logistic_of(a, integer_bits); }
std::int16_t tanh(std::int16_t a, int integer_bits) { return tanh_of(a, integer_bits); }

std::int32_t log_of_at_least_one(std::int32_t a) {
  // a is 2^power r with r near the fourth root of a half, whose logarithm is a quotient of polynomials in
  // r - root; of two such powers, a quarter away from whole ones, the greater is taken.
  constexpr int kInputBits = 12, kSumBits = 6;
  constexpr std::int32_t kRootOfHalf = 1518500250, kFourthRootOfHalf = 1805811301, kLogOf2 = 1488522236;
  constexpr std::int32_t kNumerator = 117049297, kDenominator[] = {1057819769, 127690142, 638450708};
  constexpr std::int32_t kQuarter = 1 << (29 - kSumBits);
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(a));
  const std::int32_t r_above =
      scale_saturating(times(scale_saturating(a, std::max(headroom - 1, 0)), kRootOfHalf), 1);
  const std::int32_t power_above = plus(scale_saturating(kInputBits - headroom, 31 - kSumBits), kQuarter);
  const int smaller = std::countl_zero(static_cast<std::uint32_t>(times(a, kRootOfHalf))) - 1;
  const std::int32_t r_below = scale_saturating(a, std::clamp(smaller, 0, 31));
  const std::int32_t power_below = minus(scale_saturating(kInputBits - smaller, 31 - kSumBits), kQuarter);

  const std::int32_t r = std::min(r_above, r_below), power = std::max(power_above, power_below);
  const std::int32_t p = half_sum(r, kFourthRootOfHalf), half = minus(r, kFourthRootOfHalf);
  const std::int32_t q = plus(half, half), square = times(q, q);
  const std::int32_t numerator = plus(times(q, r), times(times(q, square), kNumerator));
  const std::int32_t inner = plus(plus(kDenominator[0], q), times(kDenominator[1], square));
  const std::int32_t inverse = one_over_one_plus(plus(times(p, inner), times(kDenominator[2], q)));
  const std::int32_t rest = times(rounding_divide_by_power_of_two(numerator, kSumBits), inverse);
  return scale_saturating(plus(times(power, kLogOf2), rest), 1);
}

Reciprocal reciprocal(std::int32_t x, int integer_digits) {
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(x));
  const auto less_one = static_cast<std::int32_t>((static_cast<std::uint32_t>(x) << headroom) - (1u << 31));
  return {one_over_one_plus(less_one), integer_digits - headroom};
}

QuantisedMultiplier inverse_root(std::int32_t x) {
  if (x <= 1) return {std::numeric_limits<std::int32_t>::max(), 0};
  int right = 11;
  for (; x >= 1 << 29; ++right) x /= 4;
  const int pairs = (std::countl_zero(static_cast<std::uint32_t>(x)) - 1) / 2 - 1;
  right -= pairs;
  x <<= 2 * pairs;  // from 2^27 to below 2^29
  // Newton's steps with three integer bits: r = r (3 - x r^2) / 2.
  constexpr std::int32_t kOneAndHalf = (1 << 28) + (1 << 27), kHalfRootOf2 = 1518500250;
  const std::int32_t half = rounding_divide_by_power_of_two(x >> 1, 1);
  std::int32_t root = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const std::int32_t cube = scale_saturating(times(times(root, root), root), 6);
    root = scale_saturating(minus(times(kOneAndHalf, root), times(half, cube)), 3);
  }
  root = times(root, kHalfRootOf2);
  if (right >= 0) return {root, -right};
  return {shift_left(root, -right), 0};
}

}  // namespace vivace::fixed
