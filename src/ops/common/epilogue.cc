#include "ops/common/epilogue.h"

#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Status require_epilogue(std::string_view op, std::span<const Fact> inputs, const Fact& output) {
  if (given(inputs, 2)) {
    VIVACE_CHECK_OK(require_dtype(op, "the bias", inputs[2], output.dtype));
    VIVACE_CHECK_OK(require_dims(op, "the bias", inputs[2], {output.dims.back()}));
  }
  if (!given(inputs, 3)) return {};
  VIVACE_CHECK_OK(require_dtype(op, "the residual", inputs[3], output.dtype));
  return require_dims(op, "the residual", inputs[3], output.dims);
}

double flops_of(const Epilogue& epilogue, std::span<const Fact> inputs, const Fact& output) {
  const double each = flops_of(epilogue.activation.kind) + given(inputs, 2) + given(inputs, 3);
  return each * elements_of(output);
}

EpilogueReference::EpilogueReference(const Epilogue& epilogue, std::span<const TensorView> inputs,
                                     const MutableTensorView& output)
    : epilogue_(epilogue), output_(output) {
  if (given(inputs, 2)) bias_ = load_all(inputs[2]);
  if (given(inputs, 3)) residual_ = inputs[3];
}

void EpilogueReference::store_row(std::span<const double> sums, std::int64_t first) const {
  for (std::size_t channel = 0; channel < sums.size(); ++channel) {
    const std::int64_t element = first + static_cast<std::int64_t>(channel);
    const double residual = residual_.data ? load(residual_, element) : 0;
    const double biased = bias_.empty() ? sums[channel] : sums[channel] + bias_[channel];
    store(output_, element,
          epilogue_.residual_last ? evaluate(epilogue_.activation, biased) + residual
                                  : evaluate(epilogue_.activation, biased + residual));
  }
}

}  // namespace vivace
