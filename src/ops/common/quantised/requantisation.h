// How sums of integers become integers of the output's scale: the end of every quantised operator.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/numbers/fixed_point.h"
#include "graph/op.h"

namespace vivace {

/// Which arithmetic a factor is applied in (docs/design/0015-requantisation.md). The results differ by one
/// now and then, so the rounding is part of an operator's meaning.
enum class Rounding : std::uint32_t {
  fixed31,     // sums of 32 bits, a mantissa of 31 bits, rounded twice: TensorFlow Lite's 8-bit kernels
  fixed16,     // sums of 64 bits, a mantissa of 15 bits, rounded once, ties up: its 16-bit kernels
  real,        // sums exact, the product in double, rounded half away from zero: its fully connected kernels
  float_even,  // sums of 32 bits, they, the factor and the product in float32, ties to even: XNNPACK
  exact_up,    // sums exact, the product in double, rounded once, ties up: XNNPACK, where it adds two tensors
};

/// y = clamp(zero + round(multiplier * sum), low, high), in type `result`.
///
/// The multipliers are real numbers, scale of the sum / scale of the output, one for all channels or one for
/// each; the fixed-point mantissas follow from them by quantize_multiplier().
struct Requantisation {
  std::vector<double> multipliers = {1};
  Rounding rounding = Rounding::fixed31;
  DType result = DType::i8;
  std::int64_t zero = 0;
  std::int64_t low = -128, high = 127;

  void attributes(AttributeVisitor& v);
};

/// The least and greatest number of an integer type of at most 32 bits.
struct IntegerRange {
  std::int64_t low, high;
};
IntegerRange range_of(DType dtype);

/// One of the types of quantised tensors: int8, uint8, int16. op.dtype
Status require_quantised(std::string_view op, std::string_view input, const Fact& fact);
/// The zero point is a number of the type. op.attribute
Status require_zero(std::string_view op, std::string_view attribute, std::int64_t zero, DType dtype);
/// Both factors of a product are quantised, with zero points of their types. op.dtype, op.attribute
Status require_factors(std::string_view op, const Fact& a, std::int64_t a_zero, const Fact& b,
                       std::int64_t b_zero);
/// The factor is finite, from 0 to what the rounding can carry. op.attribute
Status require_factor(std::string_view op, std::string_view attribute, double factor, Rounding rounding);
/// As many multipliers as `channels`, or one; all numbers in range; a result of at most 32 bits. op.attribute
Status require_requantisation(std::string_view op, const Requantisation& end, const Dim& channels);

/// The sum as float32 times the factor, to the nearest integer, ties to even.
std::int64_t multiply_even(std::int32_t sum, float factor);

/// Applies a Requantisation; made once for each evaluation.
class Requantiser {
 public:
  explicit Requantiser(const Requantisation& end);

  /// The output for the sum of a channel.
  std::int64_t operator()(std::int64_t sum, std::size_t channel = 0) const;

 private:
  const Requantisation& end_;
  std::vector<QuantisedMultiplier> factors_;
};

/// The integers of a tensor less its zero point.
std::vector<std::int32_t> load_less_zero(const TensorView& x, std::int64_t zero);
/// A bias, where there is one, of int32 or int64 and [channels]. op.dtype, op.rank, op.shape
Status require_bias(std::string_view op, std::span<const Fact> inputs, std::size_t i, const Dim& channels);

/// The end of sums of products, of the bits that with_sums() says: bias, input i, then requantisation.
class QuantisedEnd {
 public:
  QuantisedEnd(const Requantisation& end, std::span<const TensorView> inputs, std::size_t i,
               const MutableTensorView& y);

  /// Ends the sums of one place, one a channel; `first` is the element index of channel 0.
  void store_row(std::span<const std::uint32_t> sums, std::int64_t first) const;
  void store_row(std::span<const std::uint64_t> sums, std::int64_t first) const;

 private:
  Requantiser requantise_;
  std::vector<std::int64_t> bias_;
  MutableTensorView y_;
};

/// Calls f with the unsigned type of the sums, so that wrap-around is defined.
template <class F>
void with_sums(Rounding rounding, F f) {
  if (rounding == Rounding::fixed31 || rounding == Rounding::float_even)
    f(std::uint32_t{});
  else
    f(std::uint64_t{});
}

}  // namespace vivace
