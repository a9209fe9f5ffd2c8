#include "ops/normalize/scale_shift.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> ScaleShift::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 3, 3));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_rank(kName, "x", x, 1, kMaxRank));
  constexpr std::string_view kInputs[] = {"x", "scale", "shift"};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    VIVACE_CHECK_OK(require_float(kName, kInputs[i], inputs[i]));
    if (i != 0) VIVACE_CHECK_OK(require_dims(kName, kInputs[i], inputs[i], {x.dims.back()}));
  }
  if (activation.kind >= UnaryKind::logical_not)
    return attribute_error(kName,
                           text("cannot end in {}", kUnaryNames[static_cast<std::size_t>(activation.kind)]));
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost ScaleShift::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of((2 + flops_of(activation.kind)) * elements_of(outputs[0]), inputs, outputs);
}

Status ScaleShift::evaluate(std::span<const TensorView> inputs,
                            std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const std::int64_t count = x.count(), channels = x.dims.back();
  for (std::int64_t i = 0; i < count; ++i) {
    const double value = load(x, i) * load(inputs[1], i % channels) + load(inputs[2], i % channels);
    store(outputs[0], i, vivace::evaluate(activation, value));
  }
  return {};
}

}  // namespace vivace
