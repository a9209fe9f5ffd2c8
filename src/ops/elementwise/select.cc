#include "ops/elementwise/select.h"

#include <cstring>

#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Select::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 3, 3, Strings::taken));
  const Fact &condition = inputs[0], &a = inputs[1], &b = inputs[2];
  VIVACE_CHECK_OK(require_dtype(kName, "the condition", condition, DType::boolean));
  VIVACE_CHECK_OK(require_dtype(kName, "the third input", b, a.dtype));
  VIVACE_TRY(const Dims both, broadcast_dims(kName, a.dims, b.dims));
  VIVACE_TRY(Dims dims, broadcast_dims(kName, condition.dims, both));
  return inferred(kName, {Fact::tensor(a.dtype, std::move(dims))});
}

Cost Select::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(elements_of(outputs[0]), inputs, outputs);
}

Status Select::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const MutableTensorView& y = outputs[0];
  const auto size = static_cast<std::int64_t>(size_of(y.dtype));
  const std::int64_t count = y.count();
  Walk walk(y.dims, {broadcast_strides(inputs[0].dims, y.dims), broadcast_strides(inputs[1].dims, y.dims),
                     broadcast_strides(inputs[2].dims, y.dims)});
  for (std::int64_t i = 0; i < count; ++i, walk.next()) {
    const std::size_t chosen = load_integer(inputs[0], walk[0]) != 0 ? 1 : 2;
    std::memcpy(y.as<std::byte>() + i * size, inputs[chosen].as<std::byte>() + walk[chosen] * size,
                static_cast<std::size_t>(size));
  }
  return {};
}

}  // namespace vivace
