#include "ops/quantised/q_unary.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/quantised/scales.h"
#include "ops/common/quantised/tables.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> QUnary::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_quantised(kName, "the input", x));
  VIVACE_CHECK_OK(require_scale(kName, "input_scale", input_scale));
  VIVACE_CHECK_OK(require_scale(kName, "output_scale", output_scale));
  VIVACE_CHECK_OK(require_zero(kName, "input_zero", input_zero, x.dtype));
  VIVACE_CHECK_OK(require_zero(kName, "output_zero", output_zero, x.dtype));
  const double ratio = input_scale / output_scale;
  VIVACE_CHECK_OK(require_factor(kName, "input_scale / output_scale", ratio, Rounding::fixed31));
  VIVACE_CHECK_OK(require_factor(kName, "alpha's factor", std::abs(alpha * ratio), Rounding::fixed31));
  const bool of_bytes = kind == Kind::elu || kind == Kind::hard_swish || kind == Kind::rescale;
  if (x.dtype == DType::i16 && of_bytes)
    return dtype_error(kName, text("{} is not defined for int16", kKinds[static_cast<std::size_t>(kind)]));
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost QUnary::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(elements_of(outputs[0]), inputs, outputs);
}

std::vector<std::int16_t> QUnary::table(DType dtype) const {
  const tables::Spaces spaces{static_cast<float>(input_scale), static_cast<float>(output_scale), input_zero,
                              output_zero, dtype};
  switch (kind) {
    case Kind::logistic:
      return tables::logistic(spaces);
    case Kind::tanh:
      return tables::tanh(spaces);
    case Kind::elu:
      return tables::elu(spaces);
    case Kind::exp:
      return tables::exp(spaces);
    case Kind::log:
      return tables::log(spaces);
    case Kind::gelu:
      return tables::gelu(spaces);
    case Kind::gelu_tanh:
      return tables::gelu_tanh(spaces);
    case Kind::hard_swish:
      return tables::hard_swish(spaces);
    case Kind::leaky_relu:
      return as_xnnpack ? tables::leaky_relu_in_256ths(spaces, static_cast<float>(alpha))
                        : tables::leaky_relu(spaces, static_cast<float>(alpha));
    case Kind::abs:
      return tables::abs(spaces);
    case Kind::sqrt:
      return tables::sqrt(spaces);
    case Kind::rsqrt:
      return tables::rsqrt(spaces);
    case Kind::rescale:
      break;
  }
  return tables::rescale(spaces);
}

Status QUnary::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const std::vector<std::int16_t> values = table(x.dtype);
  const std::int64_t lowest = range_of(x.dtype).low;
  for (std::int64_t i = 0; i < x.count(); ++i)
    store_integer(outputs[0], i, values[static_cast<std::size_t>(load_integer(x, i) - lowest)]);
  return {};
}

}  // namespace vivace
