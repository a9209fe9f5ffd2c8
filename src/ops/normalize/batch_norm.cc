#include "ops/normalize/batch_norm.h"

#include <cmath>

#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> BatchNorm::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 3, 5));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_number(kName, "axis", axis, 0, static_cast<std::int64_t>(x.dims.size()) - 1));
  const Dims channels = {x.dims[static_cast<std::size_t>(axis)]};
  constexpr std::string_view kInputs[] = {"x", "mean", "variance", "gamma", "beta"};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!given(inputs, i)) continue;
    VIVACE_CHECK_OK(require_float(kName, kInputs[i], inputs[i]));
    if (i != 0) VIVACE_CHECK_OK(require_dims(kName, kInputs[i], inputs[i], channels));
  }
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost BatchNorm::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(2 * elements_of(outputs[0]), inputs, outputs);
}

Status BatchNorm::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  Shape strides(x.dims.size(), 0);
  strides[static_cast<std::size_t>(axis)] = 1;
  Walk walk(x.dims, {strides});
  const std::int64_t count = x.count();
  for (std::int64_t i = 0; i < count; ++i, walk.next()) {
    const std::int64_t channel = walk[0];
    const double deviation = std::sqrt(load(inputs[2], channel) + epsilon);
    const double gamma = given(inputs, 3) ? load(inputs[3], channel) : 1;
    const double beta = given(inputs, 4) ? load(inputs[4], channel) : 0;
    store(outputs[0], i, (load(x, i) - load(inputs[1], channel)) / deviation * gamma + beta);
  }
  return {};
}

}  // namespace vivace
