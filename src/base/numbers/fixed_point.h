// Fixed-point arithmetic of quantised operators: a real factor as a 31-bit mantissa and a shift, and the
// product of an integer with it, rounded as TensorFlow Lite's reference kernels (and gemmlowp before them)
// round.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace vivace {

/// The real factor mantissa 2^(shift - 31).
struct QuantisedMultiplier {
  std::int32_t mantissa = 0;
  int shift = 0;  // positive: to the left
  friend constexpr bool operator==(const QuantisedMultiplier&, const QuantisedMultiplier&) = default;
};

/// Shifts of a product stay in these bounds; a factor below them counts as 0.
inline constexpr int kLeastShift = -31;
inline constexpr int kGreatestShift = 30;
/// A factor for sums of 64 bits stays below 2^kGreatestWideShift.
inline constexpr int kGreatestWideShift = 7;

/// The mantissa is of 31 bits, rounded half away from zero; factors below 2^-32 give 0. Requires a finite
/// factor below 2^30 in size.
inline QuantisedMultiplier quantize_multiplier(double factor) {
  if (factor == 0) return {};
  int shift = 0;
  const double fraction = std::frexp(factor, &shift);  // 0.5 <= |fraction| < 1
  auto mantissa = static_cast<std::int64_t>(std::round(fraction * 0x1p31));
  if (mantissa == std::int64_t{1} << 31) {
    mantissa /= 2;
    ++shift;
  }
  if (shift < kLeastShift) return {};
  return {static_cast<std::int32_t>(mantissa), shift};
}

/// The high half of 2 a b, rounded to nearest, ties up; saturates where both are the least integer.
constexpr std::int32_t saturating_rounding_doubling_high_multiply(std::int32_t a, std::int32_t b) {
  constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
  if (a == kLeast && b == kLeast) return std::numeric_limits<std::int32_t>::max();
  const std::int64_t product = std::int64_t{a} * b;
  return static_cast<std::int32_t>((product + (std::int64_t{1} << 30)) >> 31);
}

/// x / 2^exponent rounded to nearest, ties away from zero. Requires 0 <= exponent <= 31.
constexpr std::int32_t rounding_divide_by_power_of_two(std::int32_t x, int exponent) {
  const auto mask = static_cast<std::int32_t>((std::int64_t{1} << exponent) - 1);
  const std::int32_t remainder = x & mask, threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// x 2^shift with wrap-around. Requires 0 <= shift <= 31.
constexpr std::int32_t shift_left(std::int32_t x, int shift) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << shift);
}

/// x times the factor, rounded twice: by the high multiplication (ties up), then by the shift to the right
/// (ties away from zero).
constexpr std::int32_t multiply(std::int32_t x, QuantisedMultiplier by) {
  const int left = by.shift > 0 ? by.shift : 0, right = by.shift > 0 ? 0 : -by.shift;
  return rounding_divide_by_power_of_two(
      saturating_rounding_doubling_high_multiply(shift_left(x, left), by.mantissa), right);
}

/// A sum of 64 bits, as operators on 16-bit activations make them, times a factor of which only 15 bits
/// count; rounded once, ties up. Requires mantissa >= 0 and shift <= kGreatestWideShift.
constexpr std::int32_t multiply_wide(std::int64_t x, QuantisedMultiplier by) {
  const std::int32_t reduced = by.mantissa < 0x7fff0000 ? (by.mantissa + (1 << 15)) >> 16 : 0x7fff;
  const int shift = 15 - by.shift;
  const auto product = static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(reduced);
  const auto rounded = static_cast<std::int64_t>(product + (std::uint64_t{1} << (shift - 1)));
  return static_cast<std::int32_t>(rounded >> shift);
}

}  // namespace vivace
