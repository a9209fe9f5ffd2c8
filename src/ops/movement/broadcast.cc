#include "ops/movement/broadcast.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Broadcast::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 2, Strings::taken));
  const Fact& x = inputs[0];
  if (given(inputs, 1)) {
    if (!sizes.empty()) return attribute_error(kName, "sizes and the input `like` exclude each other");
    VIVACE_TRY(Dims dims, broadcast_dims(kName, x.dims, inputs[1].dims));
    return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
  }
  VIVACE_CHECK_OK(require_numbers(kName, "sizes", sizes, sizes.size(), -1));
  if (sizes.size() > kMaxRank)
    return attribute_error(kName, text("sizes has {} numbers, {} is the most", sizes.size(), kMaxRank));
  Dims wanted;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1 && i + x.dims.size() < sizes.size())
      return attribute_error(kName, text("sizes keeps an axis that {} has not", to_text(x.dims)));
    wanted.push_back(sizes[i] == -1 ? Dim(1) : Dim(sizes[i]));
  }
  VIVACE_TRY(Dims dims, broadcast_dims(kName, x.dims, wanted));
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Broadcast::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs.first(1), outputs);
}

Status Broadcast::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  gather_strided(inputs[0], 0, broadcast_strides(inputs[0].dims, outputs[0].dims), outputs[0]);
  return {};
}

}  // namespace vivace
