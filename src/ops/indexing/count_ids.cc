#include "ops/indexing/count_ids.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> CountIds::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 2));
  const Fact& x = inputs[0];
  if (!is_integer(x.dtype))
    return dtype_error(kName, text("the numbers are {}, need an integer type", name_of(x.dtype)));
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 1, kMaxRank));
  VIVACE_CHECK_OK(require_number(kName, "size", size, 1));
  VIVACE_CHECK_OK(require_type(kName, "result", result));
  if (given(inputs, 1)) {
    if (presence) return attribute_error(kName, "presence has no weights");
    VIVACE_CHECK_OK(require_dims(kName, "the weights", inputs[1], x.dims));
  }
  Dims dims = x.dims;
  dims.back() = Dim(size);
  return inferred(kName, {Fact::tensor(result, std::move(dims))});
}

Cost CountIds::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(elements_of(inputs[0]), inputs, outputs);
}

Status CountIds::compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                         std::int64_t begin, std::int64_t end) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const bool weighted = inputs.size() > 1 && inputs[1].data != nullptr;
  const std::int64_t length = x.dims.back();
  const std::size_t bytes = size_of(y.dtype);
  std::memset(y.as<std::byte>() + static_cast<std::size_t>(begin) * bytes, 0,
              static_cast<std::size_t>(end - begin) * bytes);
  for (std::int64_t row = begin / size; row < end / size; ++row)
    for (std::int64_t i = row * length; i < (row + 1) * length; ++i) {
      const std::int64_t number = load_integer(x, i);
      if (number < 0 || (strict && number >= size))
        return Error("op.index", text("count_ids: the number {} is none of 0 to {}", number, size - 1))
            .fix("give numbers that the layer was made for");
      if (number >= size) continue;
      const std::int64_t place = row * size + number;
      store(y, place, presence ? 1 : load(y, place) + (weighted ? load(inputs[1], i) : 1));
    }
  return {};
}

Status CountIds::evaluate(std::span<const TensorView> inputs,
                          std::span<const MutableTensorView> outputs) const {
  return compute(inputs, outputs, 0, outputs[0].count());
}

}  // namespace vivace
