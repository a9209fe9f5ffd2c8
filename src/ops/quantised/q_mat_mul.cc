#include "ops/quantised/q_mat_mul.h"

#include "base/try.h"
#include "ops/common/matrices/product.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> QMatMul::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 3));
  const Fact &a = inputs[0], &b = inputs[1];
  VIVACE_TRY(Dims dims, product_dims(kName, a, b, {transpose_a, transpose_b}));
  VIVACE_CHECK_OK(require_factors(kName, a, a_zero, b, b_zero));
  VIVACE_CHECK_OK(require_bias(kName, inputs, 2, dims.back()));
  VIVACE_CHECK_OK(require_requantisation(kName, end, dims.back()));
  return inferred(kName, {Fact::tensor(end.result, std::move(dims))});
}

Cost QMatMul::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const auto depth = static_cast<double>(depth_of(inputs[0], {transpose_a, transpose_b}).number());
  return cost_of(2 * depth * elements_of(outputs[0]), inputs, outputs);
}

Status QMatMul::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const TensorView &a = inputs[0], &b = inputs[1];
  const QuantisedEnd ends(end, inputs, 2, outputs[0]);
  with_sums(end.rounding, [&]<class Sum>(Sum) {
    multiply_matrices<Sum>(a, b, outputs[0].dims, {transpose_a, transpose_b}, load_less_zero(a, a_zero),
                           load_less_zero(b, b_zero), [&](std::span<const Sum> sums, std::int64_t first) {
                             ends.store_row(sums, first);
                           });
  });
  return {};
}

}  // namespace vivace
