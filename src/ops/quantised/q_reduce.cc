#include "ops/quantised/q_reduce.h"

#include <algorithm>
#include <bit>

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

}  // namespace

Result<std::vector<Fact>> QReduce::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_quantised(kName, "the input", x));
  VIVACE_CHECK_OK(require_ascending_axes(kName, axes, x.dims.size()));
  VIVACE_CHECK_OK(require_zero(kName, "input_zero", input_zero, x.dtype));
  VIVACE_CHECK_OK(require_requantisation(kName, end, Dim(1)));
  if (end.rounding != Rounding::fixed31) return attribute_error(kName, "the rounding must be fixed31");
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

Status QReduce::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const Places places = places_along(x.dims, axes);
  const auto count = static_cast<std::int64_t>(places.inner.size());
  const QuantisedMultiplier by = count > 0 ? factor(count) : QuantisedMultiplier();
  for (std::int64_t i = 0; i < y.count(); ++i) {
    if (count == 0) {
      store_integer(y, i, 0);
      continue;
    }
    std::int64_t sum = 0;
    for (const std::int64_t inner : places.inner)
      sum += load_integer(x, places.outer[static_cast<std::size_t>(i)] + inner) - input_zero;
    const std::int64_t scaled = multiply(static_cast<std::int32_t>(sum), by);
    store_integer(y, i, std::clamp(scaled + end.zero, end.low, end.high));
  }
  return {};
}

}  // namespace vivace
