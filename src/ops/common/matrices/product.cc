#include "ops/common/matrices/product.h"

#include "base/text.h"
#include "base/try.h"
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

}  // namespace

Result<Dims> product_dims(std::string_view op, const Fact& a, const Fact& b, Transposed transposed) {
  VIVACE_CHECK_OK(require_rank(op, "the left input", a, transposed.a ? 2 : 1, kMaxRank));
  VIVACE_CHECK_OK(require_rank(op, "the right input", b, 2, kMaxRank));
  const Operand left = operand_of(a.dims, transposed.a), right = operand_of(b.dims, transposed.b);
  if (!may_equal(left.columns, right.rows))
    return shape_error(op, text("{}{} times {}{}", to_text(a.dims), transposed.a ? " transposed" : "",
                                to_text(b.dims), transposed.b ? " transposed" : ""))
        .why("the left matrix needs as many columns as the right one has rows");
  VIVACE_TRY(Dims dims, broadcast_dims(op, left.batch, right.batch));
  if (a.dims.size() > 1) dims.push_back(left.rows);
  dims.push_back(right.columns);
  return dims;
}

const Dim& depth_of(const Fact& a, Transposed transposed) {
  return transposed.a ? a.dims[a.dims.size() - 2] : a.dims.back();
}

Matrices matrices_of(std::span<const std::int64_t> dims, bool transposed,
                     std::span<const std::int64_t> batch) {
  if (dims.size() == 1) return {Shape(batch.size(), 0), 0, 1};
  Matrices result{broadcast_strides(dims.first(dims.size() - 2), batch), dims.back(), 1};
  for (std::int64_t& stride : result.batch_strides) stride *= dims.back() * dims[dims.size() - 2];
  if (transposed) std::swap(result.row, result.column);
  return result;
}

}  // namespace vivace
