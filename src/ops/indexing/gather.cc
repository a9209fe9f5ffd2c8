#include "ops/indexing/gather.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Gather::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2, Strings::taken));
  const Fact &table = inputs[0], &indices = inputs[1];
  if (!is_integer(indices.dtype))
    return dtype_error(kName, text("the indices are {}, need an integer type", name_of(indices.dtype)));
  VIVACE_CHECK_OK(require_number(kName, "axis", axis, 0, static_cast<std::int64_t>(table.dims.size()) - 1));
  Dims dims(table.dims.begin(), table.dims.begin() + axis);
  dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
  dims.insert(dims.end(), table.dims.begin() + axis + 1, table.dims.end());
  return inferred(kName, {Fact::tensor(table.dtype, std::move(dims))});
}

// Of the table, only the rows that are asked for are read.
Cost Gather::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  Cost cost = cost_of(0, inputs.subspan(1), outputs);
  cost.bytes_read += cost.bytes_written;
  if (inputs[0].constant) cost.weight_bytes += cost.bytes_written;
  return cost;
}

Status Gather::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView &table = inputs[0], &indices = inputs[1];
  const auto along = static_cast<std::size_t>(axis);
  const std::int64_t length = table.dims[along], count = indices.count();
  const std::int64_t outer = count_of(table.dims.first(along));
  const std::size_t row =
      static_cast<std::size_t>(count_of(table.dims.subspan(along + 1))) * size_of(table.dtype);
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t index = load_integer(indices, i);
    if (wrap_negative && index < 0 && !is_unsigned(indices.dtype)) index += length;
    if (index < 0 || index >= length)
      return Error("op.index", text("gather: index {} (the {}th) lies outside the {} rows of the table",
                                    load_integer(indices, i), i, length))
          .why(text("indices along axis {} must be from {} to {}", axis, wrap_negative ? -length : 0,
                    length - 1))
          .fix("check that the input was encoded with the vocabulary the model was trained with");
    for (std::int64_t o = 0; row != 0 && o < outer; ++o)
      std::memcpy(outputs[0].as<std::byte>() + static_cast<std::size_t>(o * count + i) * row,
                  table.as<std::byte>() + static_cast<std::size_t>(o * length + index) * row, row);
  }
  return {};
}

}  // namespace vivace
