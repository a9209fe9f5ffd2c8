#include "ops/movement/transpose.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Transpose::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1, Strings::taken));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_numbers(kName, "order", order, x.dims.size(), 0));
  std::vector<bool> seen(x.dims.size());
  Dims dims;
  for (const std::int64_t axis : order) {
    const auto i = static_cast<std::size_t>(axis);
    if (i >= seen.size() || seen[i])
      return attribute_error(kName, text("order holds {}, must name each of the {} axes of {} once", axis,
                                         seen.size(), to_text(x.dims)));
    seen[i] = true;
    dims.push_back(x.dims[i]);
  }
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Transpose::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status Transpose::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  const Shape own = strides_of(inputs[0].dims);
  Shape strides;
  for (const std::int64_t axis : order) strides.push_back(own[static_cast<std::size_t>(axis)]);
  gather_strided(inputs[0], 0, strides, outputs[0]);
  return {};
}

}  // namespace vivace
