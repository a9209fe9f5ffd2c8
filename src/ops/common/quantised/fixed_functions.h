// Functions of fixed-point numbers as TensorFlow Lite's reference kernels compute them: numbers of 32 bits
// with a stated count of integer bits, so that raw r stands for r / 2^(31 - integer bits). The polynomials,
// Newton steps and roundings are gemmlowp's; the results are its results to the bit.
#pragma once

#include <cstdint>

#include "base/numbers/fixed_point.h"

namespace vivace::fixed {

/// x 2^exponent, saturated; to the right rounded, ties away from zero. Requires -31 <= exponent <= 31.
std::int32_t scale_saturating(std::int32_t x, int exponent);
/// Half of a + b, rounded away from zero.
std::int32_t half_sum(std::int32_t a, std::int32_t b);

/// 1 / (1 + a), a and the result without integer bits, a >= 0.
std::int32_t one_over_one_plus(std::int32_t a);
/// (1 - a) / (1 + a), likewise.
std::int32_t one_minus_over_one_plus(std::int32_t a);
/// exp(a) for a <= 0 with `integer_bits`, the result without.
std::int32_t exp_of_negative(std::int32_t a, int integer_bits);
/// 1 / (1 + exp(-a)), a with `integer_bits`, the result without.
std::int32_t logistic(std::int32_t a, int integer_bits);
/// tanh(a), likewise. Requires integer_bits < 31.
std::int32_t tanh(std::int32_t a, int integer_bits);
/// The same of raw numbers of 16 bits, which stand for r / 2^(15 - integer bits).
std::int16_t logistic(std::int16_t a, int integer_bits);
std::int16_t tanh(std::int16_t a, int integer_bits);

/// log(a) for a >= 1 with 12 integer bits, the result with 5.
std::int32_t log_of_at_least_one(std::int32_t a);

/// 1 / x as raw 2^-bits_over_unit, raw without integer bits and at least a half. x > 0 has `integer_digits`
/// bits before its binary point.
struct Reciprocal {
  std::int32_t raw;
  int bits_over_unit;
};
Reciprocal reciprocal(std::int32_t x, int integer_digits);

/// 1 / sqrt(x) as a factor; 1 for x <= 1.
QuantisedMultiplier inverse_root(std::int32_t x);

}  // namespace vivace::fixed
