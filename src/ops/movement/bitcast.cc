#include "ops/movement/bitcast.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Bitcast::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  VIVACE_CHECK_OK(require_type(kName, "result", result));
  if (result == DType::boolean) return attribute_error(kName, "result is boolean, whose bytes are 0 and 1");
  Dims dims = inputs[0].dims;
  const std::size_t from = size_of(inputs[0].dtype), to = size_of(result);
  if (from > to) {
    dims.emplace_back(static_cast<std::int64_t>(from / to));
    if (dims.size() > kMaxRank) return rank_error(kName, text("a result of {} axes", dims.size()));
  } else if (from < to) {
    const auto parts = static_cast<std::int64_t>(to / from);
    if (dims.empty() || dims.back() != Dim(parts))
      return shape_error(kName, text("{} elements make one of {}, and the input is {}", parts,
                                     name_of(result), to_text(dims)));
    dims.pop_back();
  }
  return inferred(kName, {Fact::tensor(result, std::move(dims))});
}

Cost Bitcast::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status Bitcast::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  if (inputs[0].bytes() != 0) std::memcpy(outputs[0].data, inputs[0].data, inputs[0].bytes());
  return {};
}

}  // namespace vivace
