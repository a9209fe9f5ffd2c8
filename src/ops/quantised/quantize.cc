#include "ops/quantised/quantize.h"

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "ops/common/quantised/scales.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Quantize::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_dtype(kName, "the input", x, DType::f32));
  const Fact y = Fact::tensor(result, x.dims);
  VIVACE_CHECK_OK(require_quantised(kName, "the output", y));
  VIVACE_CHECK_OK(require_scales(kName, {scales, zeros, axis}, y));
  return inferred(kName, {y});
}

Cost Quantize::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(2 * elements_of(outputs[0]), inputs, outputs);
}

Status Quantize::evaluate(std::span<const TensorView> inputs,
                          std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const ScaleIndex index({scales, zeros, axis}, x.dims);
  const auto one = even ? quantize_one_even : quantize_one;
  for (std::int64_t i = 0; i < x.count(); ++i) {
    const std::size_t k = index(i);
    store_integer(outputs[0], i, one(x.as<float>()[i], static_cast<float>(scales[k]), zeros[k], result));
  }
  return {};
}

}  // namespace vivace
