#include "ops/common/quantised/tables.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "ops/common/quantised/fixed_functions.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace::tables {
namespace {

// Calls f(x) for every number of the type and keeps what it gives, clamped to the type.
template <class F>
Table for_each_number(const Spaces& spaces, F f) {
  const IntegerRange range = range_of(spaces.dtype);
  Table table;
  table.reserve(static_cast<std::size_t>(range.high - range.low + 1));
  for (std::int64_t x = range.low; x <= range.high; ++x)
    table.push_back(static_cast<std::int16_t>(std::clamp<std::int64_t>(f(x), range.low, range.high)));
  return table;
}

// To an integer as saturation has it; NaN gives the lowest.
std::int64_t to_integer(float x) {
  if (std::isnan(x)) return std::numeric_limits<std::int32_t>::min();
  return static_cast<std::int64_t>(std::clamp(x, -0x1p31f, 0x1p31f));
}

// The function in float at each 8-bit number.
template <class F>
Table from_float(const Spaces& spaces, F function) {
  const float inverse = 1 / spaces.output_scale;
  return for_each_number(spaces, [&](std::int64_t x) {
    const float real = spaces.input_scale * static_cast<float>(x - spaces.input_zero);
    const float steps = std::round(function(real) * inverse);
    return to_integer(steps + static_cast<float>(spaces.output_zero));
  });
}

// 512 steps with a correction for the bend at their middles, for int16.
template <class T, class F>
void fill_steps(std::int16_t* entries, T input_low, T input_high, T output_low, T output_high, F function) {
  constexpr int kSteps = 512;
  constexpr T kLowest = -32768, kHighest = 32767;
  const T step = (input_high - input_low) / kSteps, half = step / 2;
  const T inverse = T{65536} / (output_high - output_low);
  for (int i = 0; i < kSteps; ++i) {
    const T at = input_low + static_cast<T>(i) * step;
    const T here = function(at), middle = function(at + half);
    const T next = function(input_low + static_cast<T>(i + 1) * step);
    const T sample = std::round(here * inverse);
    const T line = std::round((next * inverse + sample) / 2);
    const T bias = std::round((line - std::round(middle * inverse)) / 2);
    entries[i] = static_cast<std::int16_t>(std::clamp(sample - bias, kLowest, kHighest));
  }
  entries[kSteps] =
      static_cast<std::int16_t>(std::clamp(std::round(function(input_high) * inverse), kLowest, kHighest));
}

std::int16_t between(const std::int16_t* entries, std::int16_t x) {
  const int index = 256 + (x >> 7), offset = x & 0x7f;
  const int slope = static_cast<std::int16_t>(entries[index + 1] - entries[index]);
  return static_cast<std::int16_t>(entries[index] + ((slope * offset + 64) >> 7));
}

template <class F>
Table from_steps(const Spaces& s, F function) {
  const auto real = [](float scale, std::int64_t x, std::int64_t zero) {
    return scale * static_cast<float>(x - zero);
  };
  std::int16_t entries[513];
  fill_steps(entries, real(s.input_scale, -32768, s.input_zero), real(s.input_scale, 32767, s.input_zero),
             real(s.output_scale, -32768, s.output_zero), real(s.output_scale, 32767, s.output_zero),
             function);
  return for_each_number(s, [&](std::int64_t x) { return between(entries, static_cast<std::int16_t>(x)); });
}

template <class F>
Table from_function(const Spaces& spaces, F function) {
  return spaces.dtype == DType::i16 ? from_steps(spaces, function) : from_float(spaces, function);
}

// 65536 logistic(i / 24): what both 16-bit functions look up. TensorFlow Lite's numbers are the nearest ones,
// or at the places marked here the next higher.
std::uint32_t logistic_entry(std::uint32_t i) {
  static constexpr std::uint32_t kHigher[8] = {0xfa7bd110, 0xc0467bae, 0x20440005, 0x00110090,
                                               0x00000080, 0x00000000, 0x00000000, 0x80000000};
  const double nearest = std::round(65536 / (1 + std::exp(-static_cast<double>(i) / 24)));
  return static_cast<std::uint32_t>(std::min(65535.0, nearest)) + (kHigher[i / 32] >> (i % 32) & 1);
}

// A 16-bit number in steps of 1 / (3 * 4096) of the function's argument. Scales that are a power of two,
// 2^-12 (and for tanh 2^-11), are exact; others get a multiplier of 15 bits.
class Argument {
 public:
  Argument(float scale, int greatest_power) {
    int exponent = 0;
    const bool power = std::frexp(scale, &exponent) == 0.5f;
    const int left = 12 + exponent - 1;
    if (power && left >= 0 && left <= greatest_power) {
      multiplier_ = 3 << left;
      return;
    }
    double factor = static_cast<double>(scale) * 4096 * 3;
    for (; factor <= 32767.0 / 2 && shift_ <= 30; factor *= 2) ++shift_;
    multiplier_ = static_cast<std::int32_t>(std::min(factor, 2147483647.0));
  }

  std::int32_t operator()(std::int64_t x) const {
    const auto round = shift_ > 0 ? std::uint32_t{1} << (shift_ - 1) : 0;
    const std::uint32_t product = static_cast<std::uint32_t>(x) * static_cast<std::uint32_t>(multiplier_);
    return static_cast<std::int32_t>(product + round) >> shift_;
  }

 private:
  std::int32_t multiplier_ = 0;
  int shift_ = 0;
};

std::uint32_t magnitude(std::int32_t x) {
  return x < 0 ? 0 - static_cast<std::uint32_t>(x) : static_cast<std::uint32_t>(x);
}

Table logistic_16(const Spaces& spaces) {
  const Argument argument(spaces.input_scale, 0);
  return for_each_number(spaces, [&](std::int64_t x) {
    const std::int32_t at = argument(x);
    const std::uint32_t size = magnitude(at), i = size >> 9;
    std::uint32_t result = 0x7fff << 10;
    if (i < 255) {
      const std::uint32_t low = logistic_entry(i), high = logistic_entry(i + 1);
      result = (low << 9) + (size & 0x1ff) * (high - low);
    }
    result = at >= 0 ? result + (1 << 9) : (1 << 25) - result + (1 << 9) - 1;
    return static_cast<std::int64_t>(result >> 10);
  });
}

Table tanh_16(const Spaces& spaces) {
  const Argument argument(spaces.input_scale, 1);
  return for_each_number(spaces, [&](std::int64_t x) {
    const std::int32_t at = argument(x);
    const std::uint32_t size = magnitude(at), i = size >> 8;
    std::int32_t result = 0xffff << 8;
    if (i < 255) {
      const std::uint32_t low = logistic_entry(i), high = logistic_entry(i + 1);
      result = static_cast<std::int32_t>((low << 8) + (size & 0xff) * (high - low));
    }
    constexpr std::int32_t kHalf = 1 << 23, kRound = 1 << 7;
    result = at >= 0 ? result - kHalf + kRound : -result + kHalf + kRound - 1;
    return static_cast<std::int64_t>(result >> 8);
  });
}

// The arithmetic of hard_swish, of 16 bits.
using Short = std::int16_t;

Short high_multiply(Short a, Short b, bool rounded) {
  if (a == -32768 && b == -32768) return 32767;
  const std::int32_t product = std::int32_t{a} * b;
  const std::int32_t nudge = !rounded ? 0 : product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<Short>((product + nudge) / (1 << 15));
}

Short shift_saturating(Short x, int left) {
  return static_cast<Short>(
      std::clamp<std::int64_t>(std::int64_t{x} * (std::int64_t{1} << left), -32768, 32767));
}

// A mantissa of 15 bits.
Short short_mantissa(QuantisedMultiplier by) {
  if (by.mantissa >= std::numeric_limits<std::int32_t>::max() - (1 << 15)) return 32767;
  return static_cast<Short>((by.mantissa + (1 << 15)) >> 16);
}

}  // namespace

template <class T>
Interpolated::Interpolated(T input_low, T input_high, T output_low, T output_high, T (*function)(T)) {
  fill_steps(entries_, input_low, input_high, output_low, output_high, function);
}
template Interpolated::Interpolated(double, double, double, double, double (*)(double));
template Interpolated::Interpolated(float, float, float, float, float (*)(float));

std::int16_t Interpolated::operator()(std::int16_t x) const { return between(entries_, x); }

Table logistic(const Spaces& spaces) {
  if (spaces.dtype == DType::i16) return logistic_16(spaces);
  return from_float(spaces, [](float x) { return 1.0f / (1.0f + std::exp(-x)); });
}

Table tanh(const Spaces& spaces) {
  if (spaces.dtype == DType::i16) return tanh_16(spaces);
  return from_float(spaces, [](float x) { return std::tanh(x); });
}

Table elu(const Spaces& spaces) {
  return from_float(spaces, [](float x) { return x < 0.0f ? std::expm1(x) : x; });
}

Table exp(const Spaces& spaces) {
  return from_function(spaces, [](float x) { return std::exp(x); });
}

Table log(const Spaces& spaces) {
  const float lowest =
      static_cast<float>(range_of(spaces.dtype).low - spaces.output_zero) * spaces.output_scale;
  return from_function(spaces, [&](float x) { return x <= 0.0f ? lowest : std::log(x); });
}

Table gelu(const Spaces& spaces) {
  constexpr auto kRootOfHalf = static_cast<float>(std::numbers::sqrt2 / 2);
  return from_function(spaces, [](float x) { return 0.5f * x * std::erfc(x * -kRootOfHalf); });
}

Table gelu_tanh(const Spaces& spaces) {
  constexpr auto kRoot = static_cast<float>(std::numbers::inv_sqrtpi * std::numbers::sqrt2);  // of 2 / pi
  return from_function(
      spaces, [](float x) { return 0.5f * x * (1.0f + std::tanh(kRoot * (x + 0.044715f * x * x * x))); });
}

Table hard_swish(const Spaces& spaces) {
  const float fine_scale = (1.0f / 128.0f) * spaces.input_scale;
  const QuantisedMultiplier output = quantize_multiplier(fine_scale / spaces.output_scale);
  const QuantisedMultiplier gate = quantize_multiplier(fine_scale / (3.0f / 32768.0f));
  return for_each_number(spaces, [&](std::int64_t x) -> std::int64_t {
    const auto fine = static_cast<Short>((x - spaces.input_zero) * 128);
    Short opening = fine;  // -1 to 1, as x goes from -3 to 3
    if (gate.shift > 0) opening = shift_saturating(opening, std::min(gate.shift - 1, 31));
    opening = high_multiply(opening, short_mantissa(gate), true);
    if (gate.shift > 0) opening = shift_saturating(opening, 1);
    if (gate.shift < 0) opening = static_cast<Short>(rounding_divide_by_power_of_two(opening, -gate.shift));
    opening = static_cast<Short>((opening + (1 << 15)) >> 1);  // 0 to 1
    const Short product = high_multiply(opening, high_multiply(fine, short_mantissa(output), true), false);
    const std::int32_t scaled = output.shift > 0 ? shift_saturating(product, output.shift)
                                                 : rounding_divide_by_power_of_two(product, -output.shift);
    return scaled + spaces.output_zero;
  });
}

Table leaky_relu(const Spaces& spaces, float alpha) {
  const QuantisedMultiplier above = quantize_multiplier(spaces.input_scale / spaces.output_scale);
  QuantisedMultiplier below =
      quantize_multiplier(std::fabs(spaces.input_scale * alpha / spaces.output_scale));
  if (alpha < 0) below.mantissa = -below.mantissa;  // a half rounds up, so signs are no matter of afterwards
  return for_each_number(spaces, [&](std::int64_t x) {
    const auto less_zero = static_cast<std::int32_t>(x - spaces.input_zero);
    if (less_zero >= 0) return multiply(less_zero, above) + spaces.output_zero;
    return multiply(less_zero, below) + spaces.output_zero;
  });
}

Table leaky_relu_in_256ths(const Spaces& spaces, float alpha) {
  const float ratio = spaces.input_scale / spaces.output_scale;
  const auto above = std::llrint(256.0f * ratio), below = std::llrint(256.0f * (ratio * alpha));
  return for_each_number(spaces, [&](std::int64_t x) {
    const std::int64_t less_zero = x - spaces.input_zero;
    return ((less_zero * (less_zero >= 0 ? above : below) + 128) >> 8) + spaces.output_zero;
  });
}

Table abs(const Spaces& spaces) {
  const QuantisedMultiplier by = quantize_multiplier(spaces.input_scale / spaces.output_scale);
  return for_each_number(spaces, [&](std::int64_t x) {
    return multiply(static_cast<std::int32_t>(std::abs(x - spaces.input_zero)), by) + spaces.output_zero;
  });
}

// The quotient is truncated, not rounded. Of negative numbers TensorFlow Lite refuses the root; here it is
// 0's.
Table sqrt(const Spaces& spaces) {
  return for_each_number(spaces, [&](std::int64_t x) {
    const float real = spaces.input_scale * static_cast<float>(x - spaces.input_zero);
    return to_integer(std::trunc(std::sqrt(std::max(real, 0.0f)) / spaces.output_scale)) + spaces.output_zero;
  });
}

Table rsqrt(const Spaces& spaces) {
  if (spaces.dtype == DType::i16)
    return from_steps(spaces,
                      [&](float x) { return x <= 0.0f ? 32767 * spaces.output_scale : 1.0f / std::sqrt(x); });
  constexpr int kShift = 20;  // keeps the roots whole numbers
  const float root = std::sqrt(spaces.input_scale) * spaces.output_scale;
  const QuantisedMultiplier by = quantize_multiplier(1. / static_cast<double>(root));
  return for_each_number(spaces, [&](std::int64_t x) -> std::int64_t {
    const auto number = static_cast<std::int32_t>(x - spaces.input_zero);
    if (number <= 0) return range_of(spaces.dtype).high;
    const QuantisedMultiplier inverse = fixed::inverse_root(number);
    const std::int32_t scaled = multiply(1, {inverse.mantissa, inverse.shift + kShift});
    return multiply(scaled, {by.mantissa, std::max(by.shift - kShift, kLeastShift)}) + spaces.output_zero;
  });
}

Table rescale(const Spaces& spaces) {
  const float scale = spaces.input_scale * (1.0f / spaces.output_scale);
  const float bias = static_cast<float>(-spaces.input_zero) * scale;
  return for_each_number(spaces, [&](std::int64_t x) {
    return to_integer(std::round(static_cast<float>(x) * scale + bias)) + spaces.output_zero;
  });
}

}  // namespace vivace::tables
