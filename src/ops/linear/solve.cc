#include "ops/linear/solve.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/matrices/matrix_batch.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// b becomes the solution; false where there is none.
bool solve_one(const Solve& op, const DenseMatrix& a, DenseMatrix& b) {
  if (op.kind != Solve::Kind::general)
    return solve_triangle(a, (op.kind == Solve::Kind::lower) != op.transposed, false, b);
  const LuFactors factors = lu_factors(a);
  DenseMatrix permuted(b.rows, b.columns);
  for (std::size_t i = 0; i < b.rows; ++i)
    for (std::size_t j = 0; j < b.columns; ++j) permuted(i, j) = b(factors.rows[i], j);
  b = std::move(permuted);
  return solve_triangle(factors.lu, true, true, b) && solve_triangle(factors.lu, false, false, b);
}

// Which matrix of x belongs to each of the result's.
Shape batch_strides(std::span<const std::int64_t> x, std::span<const std::int64_t> batch) {
  return broadcast_strides(x.first(x.size() - 2), batch);
}

}  // namespace

Result<std::vector<Fact>> Solve::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact &a = inputs[0], &b = inputs[1];
  VIVACE_CHECK_OK(require_matrices(kName, "the matrix", a));
  VIVACE_CHECK_OK(require_matrices(kName, "the right side", b));
  VIVACE_CHECK_OK(require_square(kName, "the matrix", a));
  VIVACE_CHECK_OK(require_dtype(kName, "the right side", b, a.dtype));
  if (!may_equal(a.dims.back(), b.dims[b.dims.size() - 2]))
    return shape_error(kName, text("{} for a right side of {}", to_text(a.dims), to_text(b.dims)))
        .why("the right side needs as many rows as the matrix");
  VIVACE_TRY(Dims dims, broadcast_dims(kName, Dims(a.dims.begin(), a.dims.end() - 2),
                                       Dims(b.dims.begin(), b.dims.end() - 2)));
  dims.push_back(more_known(a.dims.back(), b.dims[b.dims.size() - 2]));
  dims.push_back(b.dims.back());
  return inferred(kName, {Fact::tensor(a.dtype, std::move(dims))});
}

Cost Solve::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double rows = static_cast<double>(inputs[0].dims.back().number());
  return cost_of(rows * (elements_of(inputs[0]) + 2 * elements_of(outputs[0])), inputs, outputs);
}

Status Solve::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView &a = inputs[0], &b = inputs[1];
  const MutableTensorView& y = outputs[0];
  const auto batch = y.dims.first(y.dims.size() - 2);
  Walk walk(batch, {batch_strides(a.dims, batch), batch_strides(b.dims, batch)});
  for (std::int64_t i = 0; i < count_of(batch); ++i, walk.next()) {
    DenseMatrix right = load_matrix(b, walk[1]);
    if (!solve_one(*this, load_matrix(a, walk[0], transposed), right))
      return Error("op.value", text("solve: matrix {} has no inverse", i))
          .why("its determinant is 0; TensorFlow stops here too")
          .fix("check the model's input");
    store_matrix(y, i, right);
  }
  return {};
}

}  // namespace vivace
