#include "ops/indexing/fill.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/movement/reshape.h"

namespace vivace {

Result<std::vector<Fact>> Fill::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& like = inputs[0];
  VIVACE_CHECK_OK(require_type(kName, "result", result));
  if (target.size() > kMaxRank)
    return attribute_error(kName, text("target has {} numbers, {} is the most", target.size(), kMaxRank));
  const auto rank = static_cast<std::int64_t>(like.dims.size());
  Dims dims;
  for (const std::int64_t size : target) {
    const std::int64_t axis = size < 0 ? Reshape::kKeep - size : 0;
    if (size > kMaxAttribute || size == Reshape::kInfer || (size < 0 && axis >= rank))
      return attribute_error(kName, text("target holds {}; must be a size, or keep one of the {} axes of {}",
                                         size, rank, to_text(like.dims)));
    dims.push_back(size >= 0 ? Dim(size) : like.dims[static_cast<std::size_t>(axis)]);
  }
  return inferred(kName, {Fact::tensor(result, std::move(dims))});
}

Cost Fill::cost(std::span<const Fact>, std::span<const Fact> outputs) const {
  return cost_of(0, {}, outputs);
}

Status Fill::evaluate(std::span<const TensorView>, std::span<const MutableTensorView> outputs) const {
  const std::int64_t count = outputs[0].count();
  for (std::int64_t i = 0; i < count; ++i) store(outputs[0], i, value);
  return {};
}

}  // namespace vivace
