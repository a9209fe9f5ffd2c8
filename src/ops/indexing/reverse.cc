#include "ops/indexing/reverse.h"

#include "base/try.h"
#include "ops/common/elements/axes.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Reverse::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1, Strings::taken));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_axes(kName, axes, x.dims.size()));
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost Reverse::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status Reverse::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  Shape strides = strides_of(x.dims);
  std::int64_t start = 0;
  for (const std::int64_t axis : axes) {
    const auto i = static_cast<std::size_t>(axis);
    start += (x.dims[i] - 1) * strides[i];
    strides[i] = -strides[i];
  }
  gather_strided(x, start, strides, outputs[0]);
  return {};
}

}  // namespace vivace
