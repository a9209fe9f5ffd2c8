#include "ops/linear/conv.h"

#include "base/try.h"
#include "ops/common/convolution.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Conv::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 4));
  const Fact &x = inputs[0], &weights = inputs[1];
  VIVACE_TRY(Dims dims, convolution_dims(kName, x, weights, {padding, strides, dilations}, groups));
  VIVACE_CHECK_OK(require_float(kName, "the input", x));
  VIVACE_CHECK_OK(require_dtype(kName, "the weights", weights, x.dtype));
  const Fact y = Fact::tensor(x.dtype, std::move(dims));
  VIVACE_CHECK_OK(require_epilogue(kName, inputs, y));
  return inferred(kName, {y});
}

Cost Conv::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double flops =
      2 * taps_of(inputs[1]) * elements_of(outputs[0]) + flops_of(epilogue, inputs, outputs[0]);
  return cost_of(flops, inputs, outputs);
}

Status Conv::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &weights = inputs[1];
  const MutableTensorView &y = outputs[0];
  const EpilogueReference end(epilogue, inputs, y);
  convolve<double>(axes_of({padding, strides, dilations}, x.dims, y.dims, weights), x, weights, load_all(x),
                   load_all(weights), groups,
                   [&](std::span<const double> sums, std::int64_t first) { end.store_row(sums, first); });
  return {};
}

}  // namespace vivace
