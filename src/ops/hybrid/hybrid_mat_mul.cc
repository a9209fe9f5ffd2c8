#include "ops/hybrid/hybrid_mat_mul.h"

#include "base/try.h"
#include "ops/common/matrices/product.h"
#include "ops/common/quantised/requantisation.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> HybridMatMul::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 4, 5));
  const Fact &a = inputs[0], &b = inputs[1];
  VIVACE_CHECK_OK(require_rank(kName, "the weights", b, 2, 2));
  VIVACE_TRY(Dims dims, product_dims(kName, a, b, {false, transpose_b}));
  const Dims rows(a.dims.begin(), a.dims.end() - 1);
  VIVACE_CHECK_OK(require_hybrid(kName, end, inputs, rows, dims.back()));
  return inferred(kName, {Fact::tensor(DType::f32, std::move(dims))});
}

Cost HybridMatMul::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const auto depth = static_cast<double>(inputs[0].dims.back().number());
  return cost_of(2 * depth * elements_of(outputs[0]), inputs, outputs);
}

Status HybridMatMul::evaluate(std::span<const TensorView> inputs,
                              std::span<const MutableTensorView> outputs) const {
  const TensorView &a = inputs[0], &b = inputs[1];
  const MutableTensorView &y = outputs[0];
  if (y.count() == 0) return {};
  const HybridReference ends(end, inputs, y);
  multiply_matrices<std::uint32_t>(a, b, y.dims, {false, transpose_b}, load_rows_less_zero(a, inputs[3]),
                                   load_less_zero(b, 0),
                                   [&](std::span<const std::uint32_t> sums, std::int64_t first) {
                                     ends.store_row(sums, first / y.dims.back(), first);
                                   });
  return {};
}

}  // namespace vivace
