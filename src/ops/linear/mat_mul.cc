#include "ops/linear/mat_mul.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/matrices/product.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// Unsigned: wrap-around is defined there.
std::vector<std::uint64_t> load_integers(const TensorView& x) {
  std::vector<std::uint64_t> all(static_cast<std::size_t>(x.count()));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::uint64_t>(load_integer(x, static_cast<std::int64_t>(i)));
  return all;
}

}  // namespace

Result<std::vector<Fact>> MatMul::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 4));
  const Fact &a = inputs[0], &b = inputs[1];
  VIVACE_TRY(Dims dims, product_dims(kName, a, b, {transpose_a, transpose_b}));
  VIVACE_CHECK_OK(require_dtype(kName, "the right input", b, a.dtype));
  if (a.dtype == DType::boolean) return dtype_error(kName, "booleans have no product");
  if (!is_float(a.dtype) && (!epilogue.activation.none() || given(inputs, 2) || given(inputs, 3)))
    return dtype_error(kName, text("a product of {} has no bias, residual or activation", name_of(a.dtype)));
  const Fact y = Fact::tensor(a.dtype, std::move(dims));
  VIVACE_CHECK_OK(require_epilogue(kName, inputs, y));
  return inferred(kName, {y});
}

Cost MatMul::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const auto depth = static_cast<double>(depth_of(inputs[0], {transpose_a, transpose_b}).number());
  const double flops = 2 * depth * elements_of(outputs[0]) + flops_of(epilogue, inputs, outputs[0]);
  return cost_of(flops, inputs, outputs);
}

Status MatMul::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView &a = inputs[0], &b = inputs[1];
  const MutableTensorView& y = outputs[0];
  const Transposed transposed{transpose_a, transpose_b};
  if (is_float(y.dtype)) {
    const EpilogueReference end(epilogue, inputs, y);
    multiply_matrices<double>(
        a, b, y.dims, transposed, load_all(a), load_all(b),
        [&](std::span<const double> sums, std::int64_t first) { end.store_row(sums, first); });
    return {};
  }
  multiply_matrices<std::uint64_t>(a, b, y.dims, transposed, load_integers(a), load_integers(b),
                                   [&](std::span<const std::uint64_t> sums, std::int64_t first) {
                                     for (const std::uint64_t sum : sums)
                                       store_integer(y, first++, static_cast<std::int64_t>(sum));
                                   });
  return {};
}

}  // namespace vivace
