#include "ops/quantised/dequantize.h"

#include "base/try.h"
#include "ops/common/quantised/scales.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Dequantize::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  if (x.dtype != DType::i32) VIVACE_CHECK_OK(require_quantised(kName, "the input", x));
  VIVACE_CHECK_OK(require_scales(kName, {scales, zeros, axis}, x));
  return inferred(kName, {Fact::tensor(DType::f32, x.dims)});
}

Cost Dequantize::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(2 * elements_of(outputs[0]), inputs, outputs);
}

Status Dequantize::evaluate(std::span<const TensorView> inputs,
                            std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const ScaleIndex index({scales, zeros, axis}, x.dims);
  for (std::int64_t i = 0; i < x.count(); ++i) {
    const std::size_t k = index(i);
    store(outputs[0], i, scales[k] * static_cast<double>(load_integer(x, i) - zeros[k]));
  }
  return {};
}

}  // namespace vivace
