#include "ops/elementwise/cast.h"

#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// Straight from 64 bits: by way of double it would be rounded twice.
float to_float(DType from, std::int64_t value) {
  if (from == DType::u64) return static_cast<float>(static_cast<std::uint64_t>(value));
  return static_cast<float>(value);
}

}  // namespace

Result<std::vector<Fact>> Cast::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  VIVACE_CHECK_OK(require_type(kName, "to", to));
  return inferred(kName, {Fact::tensor(to, inputs[0].dims)});
}

Cost Cast::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(elements_of(outputs[0]), inputs, outputs);
}

Status Cast::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const std::int64_t count = x.count();
  for (std::int64_t i = 0; i < count; ++i)
    if (is_float(x.dtype) || (is_float(to) && to != DType::f32))
      store(y, i, load(x, i));
    else if (to == DType::f32)
      y.as<float>()[i] = to_float(x.dtype, load_integer(x, i));
    else
      store_integer(y, i, load_integer(x, i));
  return {};
}

}  // namespace vivace
