#include "ops/movement/concat.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Concat::infer(std::span<const Fact> inputs) const {
  const std::size_t count = std::max<std::size_t>(inputs.size(), 1);
  VIVACE_CHECK_OK(require_inputs(kName, inputs, count, count, Strings::taken));
  const Fact& first = inputs[0];
  VIVACE_CHECK_OK(require_number(kName, "axis", axis, 0, static_cast<std::int64_t>(first.dims.size()) - 1));
  const auto along = static_cast<std::size_t>(axis);
  Dims dims = first.dims;
  for (const Fact& x : inputs.subspan(1)) {
    VIVACE_CHECK_OK(require_dtype(kName, "an input", x, first.dtype));
    VIVACE_CHECK_OK(require_rank(kName, "an input", x, dims.size(), dims.size()));
    for (std::size_t i = 0; i < dims.size(); ++i) {
      if (i == along) {
        dims[i] = dims[i] + x.dims[i];
      } else if (!may_equal(dims[i], x.dims[i])) {
        return shape_error(kName, text("{} and {} differ along axis {}, only axis {} may",
                                       to_text(first.dims), to_text(x.dims), i, axis));
      } else {
        dims[i] = more_known(dims[i], x.dims[i]);
      }
    }
  }
  return inferred(kName, {Fact::tensor(first.dtype, std::move(dims))});
}

Cost Concat::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status Concat::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const MutableTensorView& y = outputs[0];
  const Shape to = strides_of(y.dims);
  std::int64_t place = 0;
  for (const TensorView& x : inputs) {
    const Shape from = strides_of(x.dims);
    copy_strided(x.dims, size_of(x.dtype), {x.data, 0, from},
                 {y.data, place * to[static_cast<std::size_t>(axis)], to});
    place += x.dims[static_cast<std::size_t>(axis)];
  }
  return {};
}

}  // namespace vivace
