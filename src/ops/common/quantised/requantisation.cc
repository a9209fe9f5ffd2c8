#include "ops/common/quantised/requantisation.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

constexpr std::string_view kRoundings[] = {"fixed31", "fixed16", "real", "float_even", "exact_up"};

// The product in double, to the nearest integer of 32 bits, ties away from zero.
std::int64_t multiply_real(std::int64_t sum, double factor) {
  constexpr double kLow = std::numeric_limits<std::int32_t>::min();
  constexpr double kHigh = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int64_t>(std::clamp(std::round(static_cast<double>(sum) * factor), kLow, kHigh));
}

// The product in double, to the nearest integer of 32 bits, ties up.
std::int64_t multiply_up(std::int64_t sum, double factor) {
  constexpr double kMost = 0x1p31;
  return static_cast<std::int64_t>(
      std::floor(std::clamp(static_cast<double>(sum) * factor, -kMost, kMost) + 0.5));
}

}  // namespace

std::int64_t multiply_even(std::int32_t sum, float factor) {
  constexpr float kMost = 0x1p30F;
  const float product = static_cast<float>(sum) * factor;
  return static_cast<std::int64_t>(std::nearbyint(std::clamp(product, -kMost, kMost)));
}

void Requantisation::attributes(AttributeVisitor& v) {
  v("multipliers", multipliers);
  visit_enum(v, "rounding", rounding, kRoundings);
  v("result", result);
  v("output_zero", zero);
  v("low", low);
  v("high", high);
}

IntegerRange range_of(DType dtype) {
  switch (dtype) {
    case DType::i8:
      return {-128, 127};
    case DType::u8:
      return {0, 255};
    case DType::i16:
      return {-32768, 32767};
    case DType::u16:
      return {0, 65535};
    default:
      return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
  }
}

Status require_quantised(std::string_view op, std::string_view input, const Fact& fact) {
  if (fact.dtype == DType::i8 || fact.dtype == DType::u8 || fact.dtype == DType::i16) return {};
  return dtype_error(op, text("{} is {}, not int8, uint8 or int16", input, name_of(fact.dtype)));
}

Status require_zero(std::string_view op, std::string_view attribute, std::int64_t zero, DType dtype) {
  const IntegerRange range = range_of(dtype);
  return require_number(op, attribute, zero, range.low, range.high);
}

Status require_factors(std::string_view op, const Fact& a, std::int64_t a_zero, const Fact& b,
                       std::int64_t b_zero) {
  VIVACE_CHECK_OK(require_quantised(op, "the left input", a));
  VIVACE_CHECK_OK(require_quantised(op, "the right input", b));
  VIVACE_CHECK_OK(require_zero(op, "the left zero point", a_zero, a.dtype));
  return require_zero(op, "the right zero point", b_zero, b.dtype);
}

Status require_factor(std::string_view op, std::string_view attribute, double factor, Rounding rounding) {
  const int most = rounding == Rounding::fixed16 ? kGreatestWideShift : kGreatestShift;
  // The greatest mantissa rounds up to the next power of two, so the factor stays that much below it.
  if (factor >= 0 && factor <= std::ldexp(1 - 0x1p-31, most)) return {};
  return attribute_error(op, text("{} is {}", attribute, factor))
      .why(text("it must be a number from 0 to 2^{}", most));
}

Status require_requantisation(std::string_view op, const Requantisation& end, const Dim& channels) {
  if (end.result != DType::i8 && end.result != DType::u8 && end.result != DType::i16 &&
      end.result != DType::i32)
    return attribute_error(op, text("result is {}, not int8, uint8, int16 or int32", name_of(end.result)));
  VIVACE_CHECK_OK(require_zero(op, "output_zero", end.zero, end.result));
  VIVACE_CHECK_OK(require_zero(op, "low", end.low, end.result));
  const std::int64_t highest = range_of(end.result).high;
  VIVACE_CHECK_OK(require_number(op, "high", end.high, end.low, highest));
  const std::size_t count = end.multipliers.size();
  if (count == 0) return attribute_error(op, "there are no multipliers");
  if (count > 1 && (!channels.known() || channels.number() != static_cast<std::int64_t>(count)))
    return attribute_error(op,
                           text("there are {} multipliers for {} channels", count, to_text(Dims{channels})));
  for (const double multiplier : end.multipliers)
    VIVACE_CHECK_OK(require_factor(op, "a multiplier", multiplier, end.rounding));
  return {};
}

Requantiser::Requantiser(const Requantisation& end) : end_(end) {
  for (const double multiplier : end.multipliers) factors_.push_back(quantize_multiplier(multiplier));
}

std::int64_t Requantiser::operator()(std::int64_t sum, std::size_t channel) const {
  const std::size_t i = factors_.size() > 1 ? channel : 0;
  std::int64_t scaled = 0;
  switch (end_.rounding) {
    case Rounding::fixed31:
      scaled = multiply(static_cast<std::int32_t>(sum), factors_[i]);
      break;
    case Rounding::fixed16:
      scaled = multiply_wide(sum, factors_[i]);
      break;
    case Rounding::real:
      scaled = multiply_real(sum, end_.multipliers[i]);
      break;
    case Rounding::float_even:
      scaled = multiply_even(static_cast<std::int32_t>(sum), static_cast<float>(end_.multipliers[i]));
      break;
    case Rounding::exact_up:
      scaled = multiply_up(sum, end_.multipliers[i]);
      break;
  }
  return std::clamp(scaled + end_.zero, end_.low, end_.high);
}

std::vector<std::int32_t> load_less_zero(const TensorView& x, std::int64_t zero) {
  std::vector<std::int32_t> all(static_cast<std::size_t>(x.count()));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::int32_t>(load_integer(x, static_cast<std::int64_t>(i)) - zero);
  return all;
}

Status require_bias(std::string_view op, std::span<const Fact> inputs, std::size_t i, const Dim& channels) {
  if (!given(inputs, i)) return {};
  const DType dtype = inputs[i].dtype;
  if (dtype != DType::i32 && dtype != DType::i64)
    return dtype_error(op, text("the bias is {}, not int32 or int64", name_of(dtype)));
  VIVACE_CHECK_OK(require_rank(op, "the bias", inputs[i], 1, 1));
  return require_dims(op, "the bias", inputs[i], {channels});
}

QuantisedEnd::QuantisedEnd(const Requantisation& end, std::span<const TensorView> inputs, std::size_t i,
                           const MutableTensorView& y)
    : requantise_(end), bias_(static_cast<std::size_t>(y.dims.back())), y_(y) {
  if (given(inputs, i))
    for (std::size_t c = 0; c < bias_.size(); ++c)
      bias_[c] = load_integer(inputs[i], static_cast<std::int64_t>(c));
}

void QuantisedEnd::store_row(std::span<const std::uint32_t> sums, std::int64_t first) const {
  for (std::size_t c = 0; c < sums.size(); ++c)
    store_integer(y_, first++, requantise_(sums[c] + static_cast<std::uint32_t>(bias_[c]), c));
}

void QuantisedEnd::store_row(std::span<const std::uint64_t> sums, std::int64_t first) const {
  for (std::size_t c = 0; c < sums.size(); ++c) {
    const std::uint64_t sum = sums[c] + static_cast<std::uint64_t>(bias_[c]);
    store_integer(y_, first++, requantise_(static_cast<std::int64_t>(sum), c));
  }
}

}  // namespace vivace
