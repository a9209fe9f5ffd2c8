#include "ops/quantised/q_l2_normalize.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/quantised/fixed_functions.h"
#include "ops/common/quantised/requantisation.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> QL2Normalize::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  if (x.dtype != DType::i8 && x.dtype != DType::u8)
    return dtype_error(kName, text("the input is {}, not int8 or uint8", name_of(x.dtype)));
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 1, kMaxRank));
  VIVACE_CHECK_OK(require_zero(kName, "input_zero", input_zero, x.dtype));
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost QL2Normalize::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(4 * elements_of(outputs[0]), inputs, outputs);
}

Status QL2Normalize::evaluate(std::span<const TensorView> inputs,
                              std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const std::vector<std::int32_t> from = load_less_zero(x, input_zero);
  const std::size_t width = static_cast<std::size_t>(x.dims.back());
  const IntegerRange range = range_of(x.dtype);
  const std::int64_t zero = x.dtype == DType::u8 ? 128 : 0;
  for (std::size_t first = 0; first < from.size(); first += width) {
    std::uint32_t squares = 0;
    for (std::size_t c = 0; c < width; ++c)
      squares += static_cast<std::uint32_t>(from[first + c] * from[first + c]);
    const QuantisedMultiplier inverse = fixed::inverse_root(static_cast<std::int32_t>(squares));
    for (std::size_t c = 0; c < width; ++c) {
      const std::int32_t number = from[first + c];
      const std::int64_t y = x.dtype == DType::u8 ? multiply(128 * number, inverse)
                                                  : multiply(number, {inverse.mantissa, inverse.shift + 7});
      store_integer(outputs[0], static_cast<std::int64_t>(first + c),
                    std::clamp(y + zero, range.low, range.high));
    }
  }
  return {};
}

}  // namespace vivace
