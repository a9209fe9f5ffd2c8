#include "ops/indexing/shape_of.h"

#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> ShapeOf::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1, Strings::taken));
  if (result != DType::i32 && result != DType::i64)
    return attribute_error(kName, "result is neither int32 nor int64");
  const auto rank = static_cast<std::int64_t>(inputs[0].dims.size());
  return inferred(kName, {Fact::tensor(result, {rank})});
}

Cost ShapeOf::cost(std::span<const Fact>, std::span<const Fact> outputs) const {
  return cost_of(0, {}, outputs);
}

Status ShapeOf::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  for (std::size_t i = 0; i < inputs[0].dims.size(); ++i)
    store_integer(outputs[0], static_cast<std::int64_t>(i), inputs[0].dims[i]);
  return {};
}

}  // namespace vivace
