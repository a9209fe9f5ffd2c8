#include "ops/hybrid/dynamic_quantize.h"

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

struct Scaled {
  float scale = 1;
  std::int32_t zero = 0;
};

// Rounded before the zero point is added, as TensorFlow Lite 2.21 does whatever older sources say: the other
// order differs where a number lies halfway, or so near that the sum loses what tells.
std::int8_t quantized(float steps, std::int32_t zero, float low) {
  if (std::isnan(steps)) return static_cast<std::int8_t>(low);
  return static_cast<std::int8_t>(std::clamp(std::round(steps) + static_cast<float>(zero), low, 127.0f));
}

// Scale and zero point in double, of a range rounded to float: the end of the row that the rounding of the
// zero point hurts less is kept.
Scaled asymmetric_scale(float low, float high) {
  const double scale = static_cast<double>(high - low) / 255;
  const double from_low = -128 - low / scale, from_high = 127 - high / scale;
  const bool low_is_better = 128 + std::fabs(low / scale) < 127 + std::fabs(high / scale);
  const double zero = std::clamp(low_is_better ? from_low : from_high, -128.0, 127.0);
  return {static_cast<float>(scale), static_cast<std::int32_t>(std::round(zero))};
}

}  // namespace

Result<std::vector<Fact>> DynamicQuantize::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_dtype(kName, "the input", x, DType::f32));
  VIVACE_CHECK_OK(require_number(kName, "leading", leading, 0, static_cast<std::int64_t>(x.dims.size())));
  const Dims rows(x.dims.begin(), x.dims.begin() + leading);
  return inferred(kName, {Fact::tensor(DType::i8, x.dims), Fact::tensor(DType::f32, rows),
                          Fact::tensor(DType::i32, rows)});
}

Cost DynamicQuantize::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(4 * elements_of(inputs[0]), inputs, outputs);
}

DynamicQuantize::Row DynamicQuantize::row_of(float least, float most) const {
  if (asymmetric) {
    const float low = std::min(0.0f, least), high = std::max(0.0f, most);
    const bool usable = high > low && std::isfinite(high - low);
    const Scaled found = usable ? asymmetric_scale(low, high) : Scaled{};
    return {found.scale, 1.0f / found.scale, found.zero, -128};
  }
  const float range = std::max(std::fabs(least), std::fabs(most));
  return {range > 0 ? range / 127 : 1, range > 0 ? 127 / range : 0, 0, -127};
}

Status DynamicQuantize::evaluate(std::span<const TensorView> inputs,
                                 std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const std::int64_t rows = outputs[1].count(), size = rows == 0 ? 0 : x.count() / rows;
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::span<const float> numbers(x.as<float>() + i * size, static_cast<std::size_t>(size));
    Row row;
    if (!numbers.empty()) {
      const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
      row = row_of(*least, *most);
    }
    std::int8_t* to = outputs[0].as<std::int8_t>() + i * size;
    for (const float number : numbers) *to++ = quantized(number * row.factor, row.zero, row.low);
    outputs[1].as<float>()[i] = row.scale;
    outputs[2].as<std::int32_t>()[i] = row.zero;
  }
  return {};
}

}  // namespace vivace
