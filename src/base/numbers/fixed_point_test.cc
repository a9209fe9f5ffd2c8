#include "base/numbers/fixed_point.h"

#include <doctest/doctest.h>

#include <random>

namespace vivace {
namespace {

constexpr std::int32_t kLow = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kHigh = std::numeric_limits<std::int32_t>::max();

// a / b to the nearest integer, ties away from zero.
std::int64_t nearest(std::int64_t a, std::int64_t b) { return (a + (a < 0 ? -b / 2 : b / 2)) / b; }

}  // namespace

TEST_CASE("a real factor becomes a mantissa of 31 bits and a shift") {
  CHECK(quantize_multiplier(0) == QuantisedMultiplier{0, 0});
  CHECK(quantize_multiplier(1) == QuantisedMultiplier{1 << 30, 1});
  CHECK(quantize_multiplier(0.5) == QuantisedMultiplier{1 << 30, 0});
  CHECK(quantize_multiplier(0.75) == QuantisedMultiplier{3 << 29, 0});
  CHECK(quantize_multiplier(-0.75) == QuantisedMultiplier{-(3 << 29), 0});
  CHECK(quantize_multiplier(1 - 0x1p-40) == QuantisedMultiplier{1 << 30, 1});  // rounds up to the next power
  CHECK(quantize_multiplier(0x1p-32) == QuantisedMultiplier{1 << 30, -31});
  CHECK(quantize_multiplier(0x1p-33) == QuantisedMultiplier{0, 0});
  CHECK(quantize_multiplier(1e-300) == QuantisedMultiplier{0, 0});
}

TEST_CASE("the high multiplication rounds ties up and saturates") {
  CHECK(saturating_rounding_doubling_high_multiply(kLow, kLow) == kHigh);
  CHECK(saturating_rounding_doubling_high_multiply(kLow, kHigh) == -kHigh);
  CHECK(saturating_rounding_doubling_high_multiply(1, 1 << 30) == 1);
  CHECK(saturating_rounding_doubling_high_multiply(-1, 1 << 30) == 0);
  CHECK(saturating_rounding_doubling_high_multiply(-3, 1 << 30) == -1);
  CHECK(saturating_rounding_doubling_high_multiply(1000, 1 << 30) == 500);
}

TEST_CASE(
    "the division by a power of two rounds to nearest, ties away from zero, for every sign and exponent") {
  std::mt19937 random(3);
  for (int i = 0; i < 100000; ++i) {
    const auto x = static_cast<std::int32_t>(random());
    const int exponent = i % 32;
    if (exponent < 31)
      CHECK(rounding_divide_by_power_of_two(x >> (i % 29), exponent) ==
            nearest(x >> (i % 29), std::int64_t{1} << exponent));
  }
  for (const std::int32_t x : {kLow, kLow + 1, -3, -2, -1, 0, 1, 2, 3, kHigh})
    for (int exponent = 0; exponent < 31; ++exponent)
      CHECK(rounding_divide_by_power_of_two(x, exponent) == nearest(x, std::int64_t{1} << exponent));
  CHECK(rounding_divide_by_power_of_two(kLow, 31) == -1);
  CHECK(rounding_divide_by_power_of_two(kHigh, 31) == 1);
}

TEST_CASE("a product is rounded twice, and so is not always the nearest integer") {
  CHECK(multiply(5, quantize_multiplier(0.5)) == 3);
  CHECK(multiply(-5, quantize_multiplier(0.5)) == -2);  // ties up
  CHECK(multiply(-5, quantize_multiplier(0.25)) == -1);
  CHECK(multiply(5, quantize_multiplier(0.25)) == 2);  // 1.25: to 3 halves first, then to 2
  CHECK(multiply(7, quantize_multiplier(64)) == 448);
  CHECK(multiply(kHigh, quantize_multiplier(1)) == -1);  // wraps where the shift to the left does not fit
}

TEST_CASE("a wide sum is rounded once, by 15 bits of the factor") {
  CHECK(multiply_wide(5, quantize_multiplier(0.5)) == 3);
  CHECK(multiply_wide(-5, quantize_multiplier(0.5)) == -2);
  CHECK(multiply_wide(std::int64_t{1} << 40, quantize_multiplier(0x1p-20)) == 1 << 20);
  CHECK(multiply_wide(1000000, quantize_multiplier(0.999999)) == 999969);  // 0x7fff / 2^15
  CHECK(multiply_wide(-3, quantize_multiplier(100)) == -300);
}

}  // namespace vivace
