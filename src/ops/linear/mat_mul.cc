#include "ops/linear/mat_mul.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// An operand as batch axes and a matrix, after its transposition.
struct Operand {
  Dims batch;
  Dim rows, columns;
};

Operand operand_of(const Dims& dims, bool transposed) {
  if (dims.size() == 1) return {{}, Dim(1), dims[0]};
  Operand result{Dims(dims.begin(), dims.end() - 2), dims[dims.size() - 2], dims.back()};
  if (transposed) std::swap(result.rows, result.columns);
  return result;
}

// Where the matrices of one operand lie: for each place of y's batch axes, and within a matrix.
struct Matrices {
  Shape batch_strides;
  std::int64_t row, column;
};

Matrices matrices_of(std::span<const std::int64_t> dims, bool transposed,
                     std::span<const std::int64_t> batch) {
  if (dims.size() == 1) return {Shape(batch.size(), 0), 0, 1};
  Matrices result{broadcast_strides(dims.first(dims.size() - 2), batch), dims.back(), 1};
  for (std::int64_t& stride : result.batch_strides) stride *= dims.back() * dims[dims.size() - 2];
  if (transposed) std::swap(result.row, result.column);
  return result;
}

// Unsigned where T is an integer: wrap-around is defined there.
template <class T>
std::vector<T> load_as(const TensorView& x) {
  std::vector<T> all(static_cast<std::size_t>(x.count()));
  for (std::int64_t i = 0; i < x.count(); ++i)
    all[static_cast<std::size_t>(i)] =
        std::is_integral_v<T> ? static_cast<T>(load_integer(x, i)) : static_cast<T>(load(x, i));
  return all;
}

// Calls store_row(sums, first element) for every row of the product.
template <class T, class StoreRow>
void multiply(const MatMul& op, std::span<const TensorView> inputs, std::span<const std::int64_t> y,
              StoreRow store_row) {
  const TensorView &a = inputs[0], &b = inputs[1];
  const bool vector = a.dims.size() == 1;
  const std::int64_t rows = vector ? 1 : y[y.size() - 2], columns = y.back();
  const std::int64_t depth = op.transpose_a ? a.dims[a.dims.size() - 2] : a.dims.back();
  const auto batch = y.first(y.size() - (vector ? 1 : 2));
  const Matrices left = matrices_of(a.dims, op.transpose_a, batch);
  const Matrices right = matrices_of(b.dims, op.transpose_b, batch);
  const std::vector<T> from = load_as<T>(a), with = load_as<T>(b);
  std::vector<T> sums(static_cast<std::size_t>(columns));
  Walk walk(batch, {left.batch_strides, right.batch_strides});
  std::int64_t first = 0;
  for (std::int64_t matrix = count_of(batch); matrix > 0; --matrix, walk.next())
    for (std::int64_t i = 0; i < rows; ++i, first += columns) {
      std::fill(sums.begin(), sums.end(), T{});
      for (std::int64_t k = 0; k < depth; ++k) {
        const T value = from[static_cast<std::size_t>(walk[0] + i * left.row + k * left.column)];
        std::int64_t element = walk[1] + k * right.row;
        for (std::size_t j = 0; j < sums.size(); ++j, element += right.column)
          sums[j] += value * with[static_cast<std::size_t>(element)];
      }
      store_row(sums, first);
    }
}

}  // namespace

Result<std::vector<Fact>> MatMul::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 4));
  const Fact &a = inputs[0], &b = inputs[1];
  VIVACE_CHECK_OK(require_rank(kName, "the left input", a, transpose_a ? 2 : 1, kMaxRank));
  VIVACE_CHECK_OK(require_rank(kName, "the right input", b, 2, kMaxRank));
  VIVACE_CHECK_OK(require_dtype(kName, "the right input", b, a.dtype));
  if (a.dtype == DType::boolean) return dtype_error(kName, "booleans have no product");
  if (!is_float(a.dtype) && (!epilogue.activation.none() || given(inputs, 2) || given(inputs, 3)))
    return dtype_error(kName, text("a product of {} has no bias, residual or activation", name_of(a.dtype)));

  const Operand left = operand_of(a.dims, transpose_a), right = operand_of(b.dims, transpose_b);
  if (!may_equal(left.columns, right.rows))
    return shape_error(kName, text("{}{} times {}{}", to_text(a.dims), transpose_a ? " transposed" : "",
                                   to_text(b.dims), transpose_b ? " transposed" : ""))
        .why("the left matrix needs as many columns as the right one has rows");
  VIVACE_TRY(Dims dims, broadcast_dims(kName, left.batch, right.batch));
  if (a.dims.size() > 1) dims.push_back(left.rows);
  dims.push_back(right.columns);
  const Fact y = Fact::tensor(a.dtype, std::move(dims));
  VIVACE_CHECK_OK(require_epilogue(kName, inputs, y));
  return inferred(kName, {y});
}

Cost MatMul::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const auto depth = static_cast<double>(operand_of(inputs[0].dims, transpose_a).columns.number());
  const double flops = 2 * depth * elements_of(outputs[0]) + flops_of(epilogue, inputs, outputs[0]);
  return cost_of(flops, inputs, outputs);
}

Status MatMul::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const MutableTensorView& y = outputs[0];
  if (is_float(y.dtype)) {
    const EpilogueReference end(epilogue, inputs, y);
    multiply<double>(*this, inputs, y.dims,
                     [&](std::span<const double> sums, std::int64_t first) { end.store_row(sums, first); });
    return {};
  }
  multiply<std::uint64_t>(*this, inputs, y.dims,
                          [&](std::span<const std::uint64_t> sums, std::int64_t first) {
                            for (const std::uint64_t sum : sums)
                              store_integer(y, first++, static_cast<std::int64_t>(sum));
                          });
  return {};
}

}  // namespace vivace
