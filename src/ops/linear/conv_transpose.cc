#include "ops/linear/conv_transpose.h"

#include "base/try.h"
#include "ops/common/convolution.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> ConvTranspose::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 4));
  const Fact &x = inputs[0], &weights = inputs[1];
  VIVACE_TRY(Dims dims,
             transposed_convolution_dims(kName, x, weights, {padding, strides, dilations}, output_padding));
  VIVACE_CHECK_OK(require_float(kName, "the input", x));
  VIVACE_CHECK_OK(require_dtype(kName, "the weights", weights, x.dtype));
  const Fact y = Fact::tensor(x.dtype, std::move(dims));
  VIVACE_CHECK_OK(require_epilogue(kName, inputs, y));
  return inferred(kName, {y});
}

Cost ConvTranspose::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double flops =
      2 * taps_of(inputs[1]) * elements_of(inputs[0]) + flops_of(epilogue, inputs, outputs[0]);
  return cost_of(flops, inputs, outputs);
}

Status ConvTranspose::evaluate(std::span<const TensorView> inputs,
                               std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &weights = inputs[1];
  const MutableTensorView &y = outputs[0];
  const WindowAxes axes = axes_of({padding, strides, dilations}, y.dims, x.dims, weights);
  const std::vector<double> sums =
      convolve_transposed<double>(axes, x, weights, load_all(x), load_all(weights), y.count());
  const EpilogueReference end(epilogue, inputs, y);
  const std::int64_t width = y.dims.back();
  for (std::int64_t first = 0; first < y.count(); first += width)
    end.store_row({sums.data() + first, static_cast<std::size_t>(width)}, first);
  return {};
}

}  // namespace vivace
