#include "ops/quantised/q_softmax.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/try.h"
#include "ops/common/quantised/fixed_functions.h"
#include "ops/common/quantised/scales.h"
#include "ops/common/quantised/tables.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Row = std::vector<std::int32_t>;  // a row less its greatest number

// What the exponentials of 8-bit numbers need: their argument with 5 integer bits.
class Exponentials {
 public:
  explicit Exponentials(double scale) {
    by_ = quantize_multiplier(std::min(scale * (1 << (31 - kIntegerBits)), 0x1p31 - 1));
    const double radius = ((1 << kIntegerBits) - 1) * std::ldexp(1.0, 31 - kIntegerBits - by_.shift);
    least_ = -static_cast<std::int64_t>(std::floor(radius));
  }

  /// Below it the exponential is 0.
  std::int64_t least() const { return least_; }
  std::int32_t argument(std::int32_t x) const {
    return saturating_rounding_doubling_high_multiply(shift_left(x, std::clamp(by_.shift, 0, 31)),
                                                      by_.mantissa);
  }
  std::int32_t operator()(std::int32_t x) const { return fixed::exp_of_negative(argument(x), kIntegerBits); }
  /// With 12 integer bits.
  std::int32_t sum(const Row& row) const {
    std::int32_t total = 0;
    for (const std::int32_t x : row)
      if (x >= least_) total += rounding_divide_by_power_of_two((*this)(x), kSumBits);
    return total;
  }
  /// From an argument back to x.
  QuantisedMultiplier inverse() const {
    return quantize_multiplier(std::ldexp(1.0, 31 - by_.shift) / by_.mantissa);
  }

  static constexpr int kIntegerBits = 5, kSumBits = 12;

 private:
  QuantisedMultiplier by_;
  std::int64_t least_;
};

// The logarithm of 8-bit inputs.
class FixedLogSoftmax {
 public:
  FixedLogSoftmax(double scale, DType result)
      : exponential_(scale),
        low_(static_cast<std::int32_t>(range_of(result).low)),
        high_(static_cast<std::int32_t>(range_of(result).high)) {}

  void operator()(Row& row) const {
    const std::int32_t log = fixed::log_of_at_least_one(exponential_.sum(row));
    const std::int64_t lowest = std::numeric_limits<std::int32_t>::min() + std::int64_t{log};
    const std::int64_t bound = std::max<std::int64_t>(
        exponential_.least() - 1, multiply(static_cast<std::int32_t>(lowest), exponential_.inverse()));
    for (std::int32_t& x : row) {
      if (x <= bound) {
        x = low_;
        continue;
      }
      const auto y = static_cast<std::int32_t>(std::int64_t{exponential_.argument(x)} - log);
      x = std::clamp(rounding_divide_by_power_of_two(y, 31 - Exponentials::kIntegerBits - 4) + high_, low_,
                     high_);
    }
  }

 private:
  Exponentials exponential_;
  std::int32_t low_, high_;
};

// 16-bit inputs.
class TableSoftmax {
 public:
  explicit TableSoftmax(double scale) : by_(quantize_multiplier(scale / (10.0 / 65535.0))) {}

  void operator()(Row& row) const {
    std::int32_t sum = 0;
    for (std::int32_t& x : row) {
      x = exp_(clamped(std::int64_t{multiply(x, by_)} + 32767));
      sum += x;
    }
    const int headroom = std::countl_zero(static_cast<std::uint32_t>(sum));
    const auto shifted =
        static_cast<std::int32_t>(((std::int64_t{sum} << std::max(headroom - 1, 0)) + (1 << 13)) >> 14);
    const std::int64_t inverse = inverse_(clamped(std::int64_t{shifted} - (1 << 15) - (1 << 16)));
    const int shift = std::clamp(31 - headroom, 1, 31);
    for (std::int32_t& x : row)
      x = static_cast<std::int32_t>(
          std::clamp<std::int64_t>((x * inverse + (std::int64_t{1} << (shift - 1))) >> shift, 0, 32767));
  }

 private:
  static std::int16_t clamped(std::int64_t x) {
    return static_cast<std::int16_t>(std::clamp<std::int64_t>(x, -32768, 32767));
  }

  QuantisedMultiplier by_;
  tables::Interpolated exp_{-10.0, 0.0, -1.0, 1.0, +[](double x) { return std::exp(x); }};
  tables::Interpolated inverse_{0.0, 1.0, -1.0, 1.0, +[](double x) { return 1.0 / (1.0 + x); }};
};

template <class Softmax>
void for_each_row(const Softmax& softmax, const TensorView& x, const MutableTensorView& y) {
  Row row(static_cast<std::size_t>(x.dims.back()));
  for (std::int64_t first = 0; first < x.count(); first += x.dims.back()) {
    for (std::size_t c = 0; c < row.size(); ++c)
      row[c] = static_cast<std::int32_t>(load_integer(x, first + static_cast<std::int64_t>(c)));
    const std::int32_t greatest = *std::max_element(row.begin(), row.end());
    for (std::int32_t& value : row) value -= greatest;
    softmax(row);
    for (std::size_t c = 0; c < row.size(); ++c)
      store_integer(y, first + static_cast<std::int64_t>(c), row[c]);
  }
}

}  // namespace

ByteSoftmax::ByteSoftmax(double scale, DType result)
    : low_(static_cast<std::int32_t>(range_of(result).low)),
      high_(static_cast<std::int32_t>(range_of(result).high)),
      bits_(result == DType::i16 ? 16 : 8) {
  const Exponentials exponential(scale);
  count_ = static_cast<std::int32_t>(std::min<std::int64_t>(256, 1 - exponential.least()));
  for (std::int32_t i = 0; i < count_; ++i) {
    const auto at = static_cast<std::size_t>(i);
    exponentials_[at] = exponential(-i);
    terms_[at] = rounding_divide_by_power_of_two(exponentials_[at], Exponentials::kSumBits);
  }
}

ByteSoftmax::Divisor ByteSoftmax::divisor_of(std::int32_t sum) const {
  const fixed::Reciprocal inverse = fixed::reciprocal(sum, Exponentials::kSumBits);
  return {inverse.raw, std::clamp(inverse.bits_over_unit + 31 - bits_, 0, 31)};
}

std::int32_t ByteSoftmax::divided(std::int32_t below, const Divisor& divisor) const {
  if (below >= count_) return low_;
  const std::int32_t product = saturating_rounding_doubling_high_multiply(
      divisor.reciprocal, exponentials_[static_cast<std::size_t>(below)]);
  return std::clamp(low_ + rounding_divide_by_power_of_two(product, divisor.shift), low_, high_);
}

Result<std::vector<Fact>> QSoftmax::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_quantised(kName, "the input", x));
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 1, kMaxRank));
  VIVACE_CHECK_OK(require_scale(kName, "input_scale", input_scale));
  VIVACE_CHECK_OK(require_factor(kName, "beta * input_scale", beta * input_scale, Rounding::fixed16));
  if (result != x.dtype && !(x.dtype == DType::i8 && result == DType::i16))
    return attribute_error(kName, "the result must have the input's type, or be int16 of int8");
  if (logarithm && (x.dtype == DType::i16 || result != x.dtype))
    return attribute_error(kName, "a logarithm is of int8 or uint8 and gives the same");
  return inferred(kName, {Fact::tensor(result, x.dims)});
}

Cost QSoftmax::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of((kTranscendentalFlops + 4) * elements_of(outputs[0]), inputs, outputs);
}

Status QSoftmax::evaluate(std::span<const TensorView> inputs,
                          std::span<const MutableTensorView> outputs) const {
  if (inputs[0].count() == 0) return {};
  if (logarithm)
    for_each_row(FixedLogSoftmax(beta * input_scale, result), inputs[0], outputs[0]);
  else if (inputs[0].dtype == DType::i16)
    for_each_row(TableSoftmax(beta * input_scale), inputs[0], outputs[0]);
  else
    for_each_row([softmax = ByteSoftmax(beta * input_scale, result)](
                     Row& row) { softmax(row.data(), row.size(), row.data()); },
                 inputs[0], outputs[0]);
  return {};
}

}  // namespace vivace
