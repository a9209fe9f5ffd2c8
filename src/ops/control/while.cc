#include "ops/control/while.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/control/turns.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

std::size_t slot(std::int64_t carried) { return static_cast<std::size_t>(carried); }

Status require_carries(const While& op, std::size_t inputs) {
  std::vector<bool> seen(inputs);
  for (const std::int64_t carried : op.carries) {
    VIVACE_CHECK_OK(
        require_number(While::kName, "carries", carried, 0, static_cast<std::int64_t>(inputs) - 1));
    if (seen[slot(carried)]) return attribute_error(While::kName, text("input {} is carried twice", carried));
    seen[slot(carried)] = true;
  }
  if (op.carries.empty()) return attribute_error(While::kName, "it carries nothing: no turn could end it");
  return {};
}

Status require_condition(std::span<const Fact> outputs) {
  const bool one = outputs.size() == 1 && std::ranges::all_of(outputs[0].dims, [](const Dim& dim) {
                     return dim.known() && dim.number() == 1;
                   });
  if (!one || outputs[0].dtype != DType::boolean)
    return shape_error(While::kName, "its condition gives something else than one boolean");
  return {};
}

// What a turn makes is what the next one takes.
Status require_same(const Fact& before, const Fact& after, std::size_t number) {
  bool same =
      before.dtype == after.dtype && before.kind == after.kind && before.dims.size() == after.dims.size();
  for (std::size_t axis = 0; same && axis < before.dims.size(); ++axis)
    same = may_equal(before.dims[axis], after.dims[axis]);
  if (same) return {};
  return shape_error(While::kName,
                     text("value {} is {}{} before a turn and {}{} after it", number, name_of(before.dtype),
                          to_text(before.dims), name_of(after.dtype), to_text(after.dims)))
      .why(
          "what a loop carries from turn to turn keeps its type and its sizes, so that a run allocates "
          "nothing")
      .fix("write into a tensor that has its last size from the first turn on");
}

}  // namespace

Result<std::vector<Fact>> While::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, inputs.size()));
  if (!graphs[0] || !graphs[1]) return attribute_error(kName, "it lacks a condition or a body");
  VIVACE_CHECK_OK(require_carries(*this, inputs.size()));
  VIVACE_TRY(const std::vector<Fact> holds, infer_body(kName, condition(), inputs));
  VIVACE_CHECK_OK(require_condition(holds));
  VIVACE_TRY(const std::vector<Fact> made, infer_body(kName, body(), inputs));
  if (made.size() != carries.size())
    return attribute_error(kName,
                           text("its body makes {} values, it carries {}", made.size(), carries.size()));
  std::vector<Fact> outputs;
  for (std::size_t k = 0; k < made.size(); ++k) {
    const Fact& before = inputs[slot(carries[k])];
    VIVACE_CHECK_OK(require_same(before, made[k], k));
    outputs.push_back(Fact::tensor(before.dtype, before.dims));
  }
  return inferred(kName, std::move(outputs));
}

Cost While::cost(std::span<const Fact> inputs, std::span<const Fact>) const {
  const auto turns = static_cast<double>(counted_turns(*this, inputs).value_or(1));
  const Cost asked = cost_body(condition(), inputs), made = cost_body(body(), inputs);
  Cost all;
  all.flops = turns * (asked.flops + made.flops);
  all.bytes_read = turns * (asked.bytes_read + made.bytes_read);
  all.bytes_written = turns * (asked.bytes_written + made.bytes_written);
  all.weight_bytes = made.weight_bytes;
  return all;
}

Status While::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  std::int64_t turns_left = kMostTurns;
  return run(inputs, outputs, turns_left);
}

Status While::run(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                  std::int64_t& turns_left) const {
  std::vector<TensorView> now(inputs.begin(), inputs.end());
  std::vector<Tensor> held;
  for (;;) {
    VIVACE_TRY(const std::vector<Tensor> holds, run_body(condition(), now, turns_left));
    if (holds[0].as<std::uint8_t>()[0] == 0) break;
    if (--turns_left < 0) return endless_loop();
    VIVACE_TRY(held, run_body(body(), now, turns_left));
    for (std::size_t k = 0; k < carries.size(); ++k) now[slot(carries[k])] = held[k].view();
  }
  for (std::size_t k = 0; k < outputs.size(); ++k) copy_result(now[slot(carries[k])], outputs[k]);
  return {};
}

}  // namespace vivace
