#include "ops/movement/tile.h"

#include "base/try.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Tile::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1, Strings::taken));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_numbers(kName, "repeats", repeats, x.dims.size(), 0));
  Dims dims;
  for (std::size_t i = 0; i < repeats.size(); ++i) dims.push_back(x.dims[i] * Dim(repeats[i]));
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Tile::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

// Each axis is two for a while: (repeat, place) for whole copies, (place, repeat) to interleave.
Status Tile::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const Shape own = strides_of(x.dims);
  Shape dims, strides;
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    if (interleave) {
      dims.insert(dims.end(), {x.dims[i], repeats[i]});
      strides.insert(strides.end(), {own[i], 0});
    } else {
      dims.insert(dims.end(), {repeats[i], x.dims[i]});
      strides.insert(strides.end(), {0, own[i]});
    }
  }
  gather_strided(x, 0, strides, {outputs[0].data, x.dtype, dims});
  return {};
}

}  // namespace vivace
