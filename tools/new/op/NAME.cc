#include "ops/@family@/@name@.h"

#include <cstring>

#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> @Name@::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  return inferred(kName, {Fact::tensor(inputs[0].dtype, inputs[0].dims)});
}

Cost @Name@::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status @Name@::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  std::memcpy(outputs[0].data, inputs[0].data, inputs[0].bytes());
  return {};
}

}  // namespace vivace
