#include "ops/indexing/scatter_nd.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/slices.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/elementwise/binary.h"

namespace vivace {
namespace {

using Reduction = ScatterNd::Reduction;

Binary::Kind pair_of(Reduction reduction) {
  switch (reduction) {
    case Reduction::multiply:
      return Binary::Kind::multiply;
    case Reduction::minimum:
      return Binary::Kind::minimum;
    case Reduction::maximum:
      return Binary::Kind::maximum;
    default:
      return Binary::Kind::add;
  }
}

void merge(Reduction reduction, const MutableTensorView& y, std::int64_t to, const TensorView& updates,
           std::int64_t from, std::int64_t count) {
  const std::size_t size = size_of(y.dtype);
  if (reduction == Reduction::replace) {
    if (count != 0)
      std::memcpy(y.as<std::byte>() + static_cast<std::size_t>(to) * size,
                  updates.as<std::byte>() + static_cast<std::size_t>(from) * size,
                  static_cast<std::size_t>(count) * size);
    return;
  }
  const Binary::Kind kind = pair_of(reduction);
  for (std::int64_t i = 0; i < count; ++i)
    if (is_float(y.dtype))
      store(y, to + i, evaluate(kind, y.dtype, load(y, to + i), load(updates, from + i)));
    else
      store_integer(
          y, to + i,
          evaluate_integer(kind, y.dtype, load_integer(y, to + i), load_integer(updates, from + i)));
}

}  // namespace

Result<std::vector<Fact>> ScatterNd::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 3, 3));
  const Fact &x = inputs[0], &indices = inputs[1], &updates = inputs[2];
  VIVACE_CHECK_OK(require_slice_indices(kName, x, indices, 0));
  VIVACE_CHECK_OK(require_dtype(kName, "updates", updates, x.dtype));
  if (x.dtype == DType::boolean && (reduction == Reduction::add || reduction == Reduction::multiply))
    return dtype_error(kName, "booleans are replaced, or the greater or less of them is taken");
  Dims want(indices.dims.begin(), indices.dims.end() - 1);
  want.insert(want.end(), x.dims.begin() + indices.dims.back().number(), x.dims.end());
  if (want.size() > kMaxRank) return rank_error(kName, text("updates of {} axes", want.size()));
  VIVACE_CHECK_OK(require_rank(kName, "updates", updates, want.size(), want.size()));
  VIVACE_CHECK_OK(require_dims(kName, "updates", updates, want));
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost ScatterNd::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(reduction == Reduction::replace ? 0 : elements_of(inputs[2]), inputs, outputs);
}

Status ScatterNd::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &updates = inputs[2];
  const MutableTensorView& y = outputs[0];
  if (y.bytes() != 0) std::memcpy(y.data, x.data, y.bytes());
  const Slices slices(x.dims, inputs[1], 0);
  for (std::int64_t i = 0; i < slices.count(); ++i) {
    if (skip_negative && slices.negative(i)) continue;
    const std::int64_t place = slices.place(i);
    if (place < 0) return slices.outside(kName, i);
    merge(reduction, y, place, updates, i * slices.size(), slices.size());
  }
  return {};
}

}  // namespace vivace
