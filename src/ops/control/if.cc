#include "ops/control/if.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// The fact of an output whichever body runs.
Result<Fact> either(const Fact& a, const Fact& b, std::size_t number) {
  bool same = a.dtype == b.dtype && a.kind == b.kind && a.dims.size() == b.dims.size();
  Dims dims;
  for (std::size_t axis = 0; same && axis < a.dims.size(); ++axis) {
    same = may_equal(a.dims[axis], b.dims[axis]);
    dims.push_back(a.dims[axis].same(b.dims[axis]) ? a.dims[axis] : Dim::unknown());
  }
  if (same) return Fact::tensor(a.dtype, std::move(dims));
  return shape_error(If::kName, text("output {} is {}{} in one body and {}{} in the other", number,
                                     name_of(a.dtype), to_text(a.dims), name_of(b.dtype), to_text(b.dims)))
      .why("sizes are known before a run, so they cannot depend on its numbers")
      .fix("give both bodies outputs of the same sizes");
}

}  // namespace

Result<std::vector<Fact>> If::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, inputs.size()));
  if (!graphs[0] || !graphs[1]) return attribute_error(kName, "it lacks a body");
  VIVACE_CHECK_OK(require_dtype(kName, "condition", inputs[0], DType::boolean));
  for (const Dim& dim : inputs[0].dims)
    if (!may_equal(dim, 1)) return shape_error(kName, "its condition is more than one boolean");
  VIVACE_TRY(const std::vector<Fact> then_made, infer_body(kName, then(), inputs.subspan(1)));
  VIVACE_TRY(const std::vector<Fact> other_made, infer_body(kName, otherwise(), inputs.subspan(1)));
  if (then_made.size() != other_made.size() || then_made.empty())
    return attribute_error(kName,
                           text("its bodies make {} and {} values", then_made.size(), other_made.size()));
  std::vector<Fact> outputs;
  for (std::size_t k = 0; k < then_made.size(); ++k) {
    VIVACE_TRY(Fact fact, either(then_made[k], other_made[k], k));
    outputs.push_back(std::move(fact));
  }
  return inferred(kName, std::move(outputs));
}

Cost If::cost(std::span<const Fact> inputs, std::span<const Fact>) const {
  const Cost a = cost_body(then(), inputs.subspan(1)), b = cost_body(otherwise(), inputs.subspan(1));
  return a.flops + a.bytes_read < b.flops + b.bytes_read ? b : a;
}

Status If::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  std::int64_t turns_left = kMostTurns;
  return run(inputs, outputs, turns_left);
}

Status If::run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
               std::int64_t& turns_left) const {
  const bool holds = *static_cast<const std::uint8_t*>(inputs[0].data) != 0;
  VIVACE_TRY(const std::vector<Tensor> made,
             run_body(holds ? then() : otherwise(), inputs.subspan(1), turns_left));
  for (std::size_t k = 0; k < outputs.size(); ++k) copy_result(made[k].view(), outputs[k]);
  return {};
}

}  // namespace vivace
