#include "ops/indexing/one_hot.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> OneHot::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  if (!is_integer(x.dtype))
    return dtype_error(kName, text("the numbers are {}, need an integer type", name_of(x.dtype)));
  VIVACE_CHECK_OK(require_number(kName, "depth", depth, 0));
  VIVACE_CHECK_OK(require_number(kName, "axis", axis, 0, static_cast<std::int64_t>(x.dims.size())));
  VIVACE_CHECK_OK(require_type(kName, "result", result));
  Dims dims = x.dims;
  dims.insert(dims.begin() + axis, Dim(depth));
  return inferred(kName, {Fact::tensor(result, std::move(dims))});
}

Cost OneHot::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status OneHot::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const std::int64_t count = y.count(), inner = count_of(x.dims.subspan(static_cast<std::size_t>(axis)));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t place = i / inner % depth;
    store(y, i, load_integer(x, i / (inner * depth) * inner + i % inner) == place ? on : off);
  }
  return {};
}

}  // namespace vivace
