#include "ops/common/quantised/fixed_functions.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace vivace::fixed {
namespace {

constexpr std::int32_t kOne = std::numeric_limits<std::int32_t>::max();  // without integer bits
constexpr std::int32_t kOneOf2Bits = 1 << 29;                            // with two integer bits

std::int32_t times(std::int32_t a, std::int32_t b) {
  return saturating_rounding_doubling_high_multiply(a, b);
}
std::int32_t plus(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
std::int32_t minus(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}

// 2 / (1 + a) with two integer bits, by three of Newton's steps from a linear guess.
std::int32_t two_over_one_plus(std::int32_t a) {
  constexpr std::int32_t k48Over17 = 1515870810, kMinus32Over17 = -1010580540;  // two integer bits
  const std::int32_t half_denominator = half_sum(a, kOne);
  std::int32_t x = plus(k48Over17, times(half_denominator, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    const std::int32_t rest = minus(kOneOf2Bits, times(half_denominator, x));
    x = plus(x, scale_saturating(times(x, rest), 2));
  }
  return x;
}

// exp(a) for -1/4 <= a < 0: four terms of the series around -1/8.
std::int32_t exp_of_small(std::int32_t a) {
  constexpr std::int32_t kExpOfMinusEighth = 1895147668, kThird = 715827883;
  const std::int32_t x = plus(a, 1 << 28);
  const std::int32_t x2 = times(x, x), x3 = times(x2, x), x4 = times(x2, x2);
  const std::int32_t high_terms = rounding_divide_by_power_of_two(
      plus(times(plus(rounding_divide_by_power_of_two(x4, 2), x3), kThird), x2), 1);
  return plus(kExpOfMinusEighth, times(kExpOfMinusEighth, plus(x, high_terms)));
}

}  // namespace

std::int32_t scale_saturating(std::int32_t x, int exponent) {
  if (exponent <= 0) return rounding_divide_by_power_of_two(x, -exponent);
  const std::int64_t wide =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(std::int64_t{x}) << exponent);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(wide, std::numeric_limits<std::int32_t>::min(),
                                                            std::numeric_limits<std::int32_t>::max()));
}

std::int32_t half_sum(std::int32_t a, std::int32_t b) {
  const std::int64_t sum = std::int64_t{a} + b;
  return static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

std::int32_t one_over_one_plus(std::int32_t a) { return scale_saturating(two_over_one_plus(a), 1); }

std::int32_t one_minus_over_one_plus(std::int32_t a) {
  return scale_saturating(minus(two_over_one_plus(a), kOneOf2Bits), 2);
}

std::int32_t exp_of_negative(std::int32_t a, int integer_bits) {
  if (a == 0) return kOne;
  // exp(-1/4), exp(-1/2), exp(-1), ... exp(-16): one factor for each bit of what the quarters leave.
  constexpr std::int32_t kFactors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int fractional_bits = 31 - integer_bits;
  if (integer_bits > 5 && a < -(std::int64_t{1} << (fractional_bits + 5))) return 0;
  const std::int32_t quarter = fractional_bits >= 2 ? 1 << (fractional_bits - 2) : 0;
  const std::int32_t within = (a & (quarter - 1)) - quarter;
  std::int32_t result = exp_of_small(scale_saturating(within, integer_bits));
  const auto rest = static_cast<std::uint32_t>(minus(within, a));
  for (int exponent = -2; exponent <= 4; ++exponent)
    if (integer_bits > exponent && (rest >> (fractional_bits + exponent) & 1) != 0)
      result = times(result, kFactors[exponent + 2]);
  return result;
}

std::int32_t logistic(std::int32_t a, int integer_bits) {
  if (a == 0) return 1 << 30;
  const std::int32_t above = one_over_one_plus(exp_of_negative(a > 0 ? minus(0, a) : a, integer_bits));
  return a > 0 ? above : minus(kOne, above);
}

std::int32_t tanh(std::int32_t a, int integer_bits) {
  if (a == 0) return 0;
  // Twice as much is the same raw number with one integer bit more.
  const std::int32_t magnitude =
      one_minus_over_one_plus(exp_of_negative(a < 0 ? a : minus(0, a), integer_bits + 1));
  return a < 0 ? minus(0, magnitude) : magnitude;
}

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
