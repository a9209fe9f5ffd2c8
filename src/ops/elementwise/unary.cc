#include "ops/elementwise/unary.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

bool gives_truth(UnaryKind kind) { return kind >= UnaryKind::logical_not; }

bool fits(UnaryKind kind, DType dtype) {
  if (kind == UnaryKind::identity) return true;
  if (kind == UnaryKind::logical_not) return dtype == DType::boolean;
  return is_float(dtype) || (is_integer(dtype) && knows_integers(kind));
}

}  // namespace

Result<std::vector<Fact>> Unary::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  if (!fits(function.kind, x.dtype))
    return dtype_error(kName, text("{} is not defined for {}",
                                   kUnaryNames[static_cast<std::size_t>(function.kind)], name_of(x.dtype)));
  return inferred(kName, {Fact::tensor(gives_truth(function.kind) ? DType::boolean : x.dtype, x.dims)});
}

Cost Unary::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(flops_of(function.kind) * elements_of(outputs[0]), inputs, outputs);
}

Status Unary::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const std::int64_t count = x.count();
  const bool integers = !is_float(x.dtype) && !gives_truth(function.kind);
  for (std::int64_t i = 0; i < count; ++i)
    if (integers)
      store_integer(outputs[0], i, evaluate_integer(function, x.dtype, load_integer(x, i)));
    else
      store(outputs[0], i, vivace::evaluate(function, load(x, i)));
  return {};
}

}  // namespace vivace
