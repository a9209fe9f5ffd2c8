#include "ops/indexing/gather_elements.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> GatherElements::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2, Strings::taken));
  const Fact &x = inputs[0], &indices = inputs[1];
  if (!is_integer(indices.dtype))
    return dtype_error(kName, text("the indices are {}, need an integer type", name_of(indices.dtype)));
  VIVACE_CHECK_OK(require_number(kName, "axis", axis, 0, static_cast<std::int64_t>(x.dims.size()) - 1));
  VIVACE_CHECK_OK(require_rank(kName, "indices", indices, x.dims.size(), x.dims.size()));
  Dims rest = x.dims, wanted = indices.dims;
  rest[static_cast<std::size_t>(axis)] = wanted[static_cast<std::size_t>(axis)] = Dim(1);
  VIVACE_TRY(Dims dims, broadcast_dims(kName, rest, wanted));
  dims[static_cast<std::size_t>(axis)] = indices.dims[static_cast<std::size_t>(axis)];
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

// Of x, only the elements that are asked for are read.
Cost GatherElements::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  Cost cost = cost_of(0, inputs.subspan(1), outputs);
  cost.bytes_read += cost.bytes_written;
  return cost;
}

Status GatherElements::evaluate(std::span<const TensorView> inputs,
                                std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &indices = inputs[1];
  const auto along = static_cast<std::size_t>(axis);
  const std::int64_t length = x.dims[along];
  const std::size_t size = size_of(x.dtype);
  // Along the axis x stands still, and the index says where to go.
  Shape fixed(x.dims.begin(), x.dims.end());
  const std::int64_t step = strides_of(fixed)[along];
  Shape x_strides = strides_of(fixed);
  for (std::size_t a = 0; a < fixed.size(); ++a)
    if (a == along || fixed[a] == 1) x_strides[a] = 0;
  Walk walk(outputs[0].dims, {x_strides, broadcast_strides(indices.dims, outputs[0].dims)});
  for (std::int64_t i = 0; i < outputs[0].count(); ++i, walk.next()) {
    const std::int64_t given = load_integer(indices, walk[1]);
    const std::int64_t index = given < 0 && !is_unsigned(indices.dtype) ? given + length : given;
    if (index < 0 || index >= length)
      return Error("op.index", text("gather_elements: index {} lies outside the {} elements of axis {}",
                                    given, length, axis))
          .fix("check the ids that the model was given");
    std::memcpy(outputs[0].as<std::byte>() + static_cast<std::size_t>(i) * size,
                x.as<std::byte>() + static_cast<std::size_t>(walk[0] + index * step) * size, size);
  }
  return {};
}

}  // namespace vivace
