#include "ops/indexing/gather_nd.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/slices.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> GatherNd::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact &x = inputs[0], &indices = inputs[1];
  VIVACE_CHECK_OK(require_slice_indices(kName, x, indices, batch_dims));
  Dims dims(indices.dims.begin(), indices.dims.end() - 1);
  dims.insert(dims.end(), x.dims.begin() + batch_dims + indices.dims.back().number(), x.dims.end());
  if (dims.size() > kMaxRank) return rank_error(kName, text("a result of {} axes", dims.size()));
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

// Of x, only the slices that are asked for are read.
Cost GatherNd::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  Cost cost = cost_of(0, inputs.subspan(1), outputs);
  cost.bytes_read += cost.bytes_written;
  return cost;
}

Status GatherNd::evaluate(std::span<const TensorView> inputs,
                          std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const Slices slices(x.dims, inputs[1], static_cast<std::size_t>(batch_dims));
  const std::size_t element = size_of(x.dtype), bytes = static_cast<std::size_t>(slices.size()) * element;
  for (std::int64_t i = 0; i < slices.count(); ++i) {
    const std::int64_t place = slices.place(i);
    if (place < 0) return slices.outside(kName, i);
    if (bytes != 0)
      std::memcpy(outputs[0].as<std::byte>() + static_cast<std::size_t>(i) * bytes,
                  x.as<std::byte>() + static_cast<std::size_t>(place) * element, bytes);
  }
  return {};
}

}  // namespace vivace
