#include "ops/spatial/depth_to_space.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> DepthToSpace::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 4, 4));
  VIVACE_CHECK_OK(require_number(kName, "block", block, 1));
  const std::int64_t area = block * block;
  const auto splits = [](const Dim& size, std::int64_t parts) {
    return !size.known() || size.number() % parts == 0;
  };
  if (inverse ? !splits(x.dims[1], block) || !splits(x.dims[2], block) : !splits(x.dims[3], area))
    return shape_error(kName,
                       text("{} does not split into blocks of {} by {}", to_text(x.dims), block, block))
        .why(inverse ? "height and width must be multiples of the block"
                     : "the channels must be a multiple of the block's area");
  const auto sized = [&](const Dim& size) { return inverse ? floor_div(size, block) : size * Dim(block); };
  const Dim channels = inverse ? x.dims[3] * Dim(area) : floor_div(x.dims[3], area);
  return inferred(kName, {Fact::tensor(x.dtype, {x.dims[0], sized(x.dims[1]), sized(x.dims[2]), channels})});
}

Cost DepthToSpace::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status DepthToSpace::evaluate(std::span<const TensorView> inputs,
                              std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  // Both directions are one rearrangement of small pixels [N, h, w, i, j, C] <-> [N, h, i, w, j, C].
  const auto deep = inverse ? std::span<const std::int64_t>(y.dims) : x.dims;
  const std::int64_t rows = deep[1], columns = deep[2], channels = deep[3] / (block * block);
  const Shape order = {deep[0], rows, columns, block, block, channels};
  const std::int64_t line = columns * block * channels;  // one row of the wide image
  const Shape wide = {rows * block * line, block * line, block * channels, line, channels, 1};
  Walk walk(order, {strides_of(order), wide});
  const std::size_t size = size_of(x.dtype);
  for (std::int64_t left = x.count(); left > 0; --left, walk.next()) {
    const auto from = static_cast<std::size_t>(walk[inverse ? 1 : 0]);
    const auto to = static_cast<std::size_t>(walk[inverse ? 0 : 1]);
    std::memcpy(y.as<std::byte>() + to * size, x.as<std::byte>() + from * size, size);
  }
  return {};
}

}  // namespace vivace
