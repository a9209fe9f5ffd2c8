#include "ops/quantised/requantize.h"

#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Requantize::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  if (x.dtype != DType::i32) VIVACE_CHECK_OK(require_quantised(kName, "the input", x));
  VIVACE_CHECK_OK(require_zero(kName, "input_zero", input_zero, x.dtype));
  VIVACE_CHECK_OK(require_requantisation(kName, end, Dim(1)));
  return inferred(kName, {Fact::tensor(end.result, x.dims)});
}

Cost Requantize::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(2 * elements_of(outputs[0]), inputs, outputs);
}

Status Requantize::evaluate(std::span<const TensorView> inputs,
                            std::span<const MutableTensorView> outputs) const {
  const Requantiser requantise(end);
  for (std::int64_t i = 0; i < inputs[0].count(); ++i)
    store_integer(outputs[0], i, requantise(load_integer(inputs[0], i) - input_zero));
  return {};
}

}  // namespace vivace
