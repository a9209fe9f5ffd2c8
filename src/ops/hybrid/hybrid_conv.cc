#include "ops/hybrid/hybrid_conv.h"

#include "base/try.h"
#include "ops/common/convolution.h"
#include "ops/common/quantised/requantisation.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> HybridConv::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 4, 5));
  const Fact &x = inputs[0], &weights = inputs[1];
  VIVACE_TRY(Dims dims, convolution_dims(kName, x, weights, {padding, strides, dilations}, groups));
  VIVACE_CHECK_OK(require_hybrid(kName, end, inputs, {x.dims.front()}, dims.back()));
  return inferred(kName, {Fact::tensor(DType::f32, std::move(dims))});
}

Cost HybridConv::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(2 * taps_of(inputs[1]) * elements_of(outputs[0]), inputs, outputs);
}

Status HybridConv::evaluate(std::span<const TensorView> inputs,
                            std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &weights = inputs[1];
  const MutableTensorView &y = outputs[0];
  if (y.count() == 0) return {};
  const WindowAxes axes = axes_of({padding, strides, dilations}, x.dims, y.dims, weights);
  const HybridReference ends(end, inputs, y);
  const std::int64_t image = y.count() / y.dims.front();
  convolve<std::uint32_t>(axes, x, weights, load_rows_less_zero(x, inputs[3]), load_less_zero(weights, 0),
                          groups, [&](std::span<const std::uint32_t> sums, std::int64_t first) {
                            ends.store_row(sums, first / image, first);
                          });
  return {};
}

}  // namespace vivace
