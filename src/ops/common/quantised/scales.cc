#include "ops/common/quantised/scales.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Status require_scale(std::string_view op, std::string_view attribute, double scale) {
  if (scale >= std::numeric_limits<float>::denorm_min() && scale <= std::numeric_limits<float>::max())
    return {};
  return attribute_error(op, text("{} is {}, not a positive number of type float", attribute, scale));
}

Status require_scales(std::string_view op, const Scales& scales, const Fact& x) {
  const std::size_t count = scales.scales.size();
  if (count == 0 || count != scales.zeros.size())
    return attribute_error(op, text("there are {} scales and {} zero points", count, scales.zeros.size()));
  if (count > 1) {
    VIVACE_CHECK_OK(require_number(op, "axis", scales.axis, 0, static_cast<std::int64_t>(x.dims.size()) - 1));
    const Dim& size = x.dims[static_cast<std::size_t>(scales.axis)];
    if (!size.known() || size.number() != static_cast<std::int64_t>(count))
      return attribute_error(
          op, text("there are {} scales for axis {} of {}", count, scales.axis, to_text(x.dims)));
  }
  for (const double scale : scales.scales) VIVACE_CHECK_OK(require_scale(op, "a scale", scale));
  for (const std::int64_t zero : scales.zeros)
    VIVACE_CHECK_OK(require_zero(op, "a zero point", zero, x.dtype));
  return {};
}

ScaleIndex::ScaleIndex(const Scales& scales, std::span<const std::int64_t> dims)
    : count_(static_cast<std::int64_t>(scales.scales.size())) {
  if (count_ > 1) step_ = strides_of(dims)[static_cast<std::size_t>(scales.axis)];
}

namespace {

std::int64_t saturated(float steps, std::int64_t zero, DType dtype) {
  const IntegerRange range = range_of(dtype);
  if (std::isnan(steps)) return range.low;
  // Far beyond any type's range, and within what a 64-bit integer holds.
  const auto whole = static_cast<std::int64_t>(std::clamp(steps, -0x1p40f, 0x1p40f));
  return std::clamp(whole + zero, range.low, range.high);
}

}  // namespace

std::int64_t quantize_one(float x, float scale, std::int64_t zero, DType dtype) {
  return saturated(std::round(x / scale), zero, dtype);
}

std::int64_t quantize_one_even(float x, float scale, std::int64_t zero, DType dtype) {
  return saturated(std::nearbyint(x * (1 / scale)), zero, dtype);
}

}  // namespace vivace
