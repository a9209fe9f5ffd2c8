#include "ops/quantised/q_reduce.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/try.h"
#include "ops/common/elements/axes.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// The factor of a mean: the mantissa divided, after it is made as long as 64 bits and the shift allow.
QuantisedMultiplier divided(QuantisedMultiplier by, std::int64_t count) {
  const int bits = 63 - std::countl_zero(static_cast<std::uint64_t>(count));
  const int shift = std::min({bits, 32, 31 + by.shift});
  return {static_cast<std::int32_t>((std::int64_t{by.mantissa} << shift) / count), by.shift - shift};
}

// Of one group of elements, x[first + inner].
std::int64_t product(const QReduce& op, const TensorView& x, std::int64_t first,
                     std::span<const std::int64_t> inner) {
  const QuantisedMultiplier by = quantize_multiplier(op.end.multipliers[0]);
  const auto number = [&](std::int64_t place) { return load_integer(x, first + place) - op.input_zero; };
  std::int64_t result = number(inner[0]);
  for (const std::int64_t place : inner.subspan(1)) result = multiply_wide(result * number(place), by);
  return std::clamp(multiply_wide(result, by) + op.end.zero, op.end.low, op.end.high);
}

}  // namespace

Result<std::vector<Fact>> QReduce::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_quantised(kName, "the input", x));
  VIVACE_CHECK_OK(require_ascending_axes(kName, axes, x.dims.size()));
  VIVACE_CHECK_OK(require_zero(kName, "input_zero", input_zero, x.dtype));
  VIVACE_CHECK_OK(require_requantisation(kName, end, Dim(1)));
  const bool known = kind == Kind::product
                         ? end.rounding == Rounding::fixed16
                         : end.rounding == Rounding::fixed31 || end.rounding == Rounding::float_even;
  if (!known)
    return attribute_error(kName, "the rounding must be fixed31 or float_even, of a product fixed16");
  Dims dims;
  for (std::size_t axis = 0; axis < x.dims.size(); ++axis) {
    const bool reduced = std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(axis));
    if (!reduced) dims.push_back(x.dims[axis]);
    if (reduced && keep_dims) dims.push_back(Dim(1));
  }
  return inferred(kName, {Fact::tensor(end.result, std::move(dims))});
}

Cost QReduce::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(elements_of(inputs[0]), inputs, outputs);
}

QuantisedMultiplier QReduce::factor(std::int64_t count) const {
  const QuantisedMultiplier whole = quantize_multiplier(end.multipliers[0]);
  return kind == Kind::mean ? divided(whole, count) : whole;
}

QReduce::End QReduce::end_of(std::int64_t count) const {
  if (end.rounding == Rounding::fixed31) return {factor(count), false, 0, 0};
  const float part = kind == Kind::mean ? 1 / static_cast<float>(count) : 1;
  const float by = static_cast<float>(end.multipliers[0]) * part;
  const float base = static_cast<float>(end.zero) - static_cast<float>(count * input_zero) * by;
  return {{}, true, by, base};
}

std::int64_t QReduce::ended(const End& by, std::int64_t count, std::int64_t sum) const {
  if (by.even) {
    const float y = static_cast<float>(sum) * by.even_factor + by.even_zero;
    return static_cast<std::int64_t>(
        std::nearbyint(std::clamp(y, static_cast<float>(end.low), static_cast<float>(end.high))));
  }
  const auto less_zero = static_cast<std::int32_t>(sum - count * input_zero);
  return std::clamp(multiply(less_zero, by.fixed) + end.zero, end.low, end.high);
}

Status QReduce::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const Places places = places_along(x.dims, axes);
  const auto count = static_cast<std::int64_t>(places.inner.size());
  const End by = count > 0 && kind != Kind::product ? end_of(count) : End();
  for (std::int64_t i = 0; i < y.count(); ++i) {
    if (count == 0) {
      store_integer(y, i, 0);
      continue;
    }
    if (kind == Kind::product) {
      store_integer(y, i, product(*this, x, places.outer[static_cast<std::size_t>(i)], places.inner));
      continue;
    }
    std::int64_t sum = 0;
    for (const std::int64_t inner : places.inner)
      sum += load_integer(x, places.outer[static_cast<std::size_t>(i)] + inner);
    store_integer(y, i, ended(by, count, sum));
  }
  return {};
}

}  // namespace vivace
