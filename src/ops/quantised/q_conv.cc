#include "ops/quantised/q_conv.h"

#include "base/try.h"
#include "ops/common/convolution.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> QConv::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 3));
  const Fact &x = inputs[0], &weights = inputs[1];
  VIVACE_TRY(Dims dims, convolution_dims(kName, x, weights, {padding, strides, dilations}, groups));
  VIVACE_CHECK_OK(require_factors(kName, x, input_zero, weights, weights_zero));
  VIVACE_CHECK_OK(require_bias(kName, inputs, 2, dims.back()));
  VIVACE_CHECK_OK(require_requantisation(kName, end, dims.back()));
  return inferred(kName, {Fact::tensor(end.result, std::move(dims))});
}

Cost QConv::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(2 * taps_of(inputs[1]) * elements_of(outputs[0]), inputs, outputs);
}

Status QConv::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &weights = inputs[1];
  const WindowAxes axes = axes_of({padding, strides, dilations}, x.dims, outputs[0].dims, weights);
  const QuantisedEnd ends(end, inputs, 2, outputs[0]);
  with_sums(end.rounding, [&]<class Sum>(Sum) {
    convolve<Sum>(axes, x, weights, load_less_zero(x, input_zero), load_less_zero(weights, weights_zero),
                  groups,
                  [&](std::span<const Sum> sums, std::int64_t first) { ends.store_row(sums, first); });
  });
  return {};
}

}  // namespace vivace
