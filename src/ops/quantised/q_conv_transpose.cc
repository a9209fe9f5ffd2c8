#include "ops/quantised/q_conv_transpose.h"

#include "base/try.h"
#include "ops/common/convolution.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> QConvTranspose::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 3));
  const Fact &x = inputs[0], &weights = inputs[1];
  VIVACE_TRY(Dims dims,
             transposed_convolution_dims(kName, x, weights, {padding, strides, dilations}, output_padding));
  VIVACE_CHECK_OK(require_factors(kName, x, input_zero, weights, weights_zero));
  VIVACE_CHECK_OK(require_bias(kName, inputs, 2, dims.back()));
  VIVACE_CHECK_OK(require_requantisation(kName, end, dims.back()));
  return inferred(kName, {Fact::tensor(end.result, std::move(dims))});
}

Cost QConvTranspose::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(2 * taps_of(inputs[1]) * elements_of(inputs[0]), inputs, outputs);
}

Status QConvTranspose::evaluate(std::span<const TensorView> inputs,
                                std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &weights = inputs[1];
  const MutableTensorView &y = outputs[0];
  const WindowAxes axes = axes_of({padding, strides, dilations}, y.dims, x.dims, weights);
  const QuantisedEnd ends(end, inputs, 2, y);
  const std::int64_t width = y.dims.back();
  with_sums(end.rounding, [&]<class Sum>(Sum) {
    const std::vector<Sum> sums = convolve_transposed<Sum>(axes, x, weights, load_less_zero(x, input_zero),
                                                           load_less_zero(weights, weights_zero), y.count());
    for (std::int64_t first = 0; first < y.count(); first += width)
      ends.store_row(std::span<const Sum>(sums).subspan(static_cast<std::size_t>(first),
                                                        static_cast<std::size_t>(width)),
                     first);
  });
  return {};
}

}  // namespace vivace
