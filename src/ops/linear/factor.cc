#include "ops/linear/factor.h"

#include <array>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/matrices/matrix_batch.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Kind = Factor::Kind;

bool wants_square(Kind kind) { return kind != Kind::qr && kind != Kind::singular; }

// The smaller of two sizes; unknown where that depends on an unknown.
Dim smaller(const Dim& a, const Dim& b) {
  if (a.same(b)) return a;
  if (!a.known() || !b.known()) return Dim::unknown();
  return Dim(std::min(a.number(), b.number()));
}

Status cholesky(const DenseMatrix& x, std::int64_t i, std::span<const MutableTensorView> outputs) {
  DenseMatrix lower;
  if (!cholesky_factor(x, lower))
    return Error("op.value", text("factor: matrix {} has no Cholesky factor", i))
        .why("it is not positive definite; TensorFlow stops here too")
        .fix("check the model's input, or add a small number to the diagonal");
  store_matrix(outputs[0], i, lower);
  return {};
}

void lu(const DenseMatrix& x, std::int64_t i, std::span<const MutableTensorView> outputs) {
  const LuFactors factors = lu_factors(x);
  store_matrix(outputs[0], i, factors.lu);
  const std::vector<double> rows(factors.rows.begin(), factors.rows.end());
  store_vector(outputs[1], i, rows);
}

void determinant(Kind kind, const DenseMatrix& x, std::int64_t i,
                 std::span<const MutableTensorView> outputs) {
  const LuFactors factors = lu_factors(x);
  double sign = factors.sign, size = 0, product = factors.sign;
  for (std::size_t k = 0; k < x.rows; ++k) {
    const double pivot = factors.lu(k, k);
    product *= pivot;
    size += std::log(std::fabs(pivot));
    if (pivot < 0) sign = -sign;
    if (pivot == 0) sign = 0;
  }
  store_vector({outputs[0].data, outputs[0].dtype, std::array<std::int64_t, 1>{1}}, i,
               std::array{kind == Kind::determinant ? product : sign});
  if (kind == Kind::log_determinant)
    store_vector({outputs[1].data, outputs[1].dtype, std::array<std::int64_t, 1>{1}}, i, std::array{size});
}

Status factor_one(const Factor& op, const DenseMatrix& x, std::int64_t i,
                  std::span<const MutableTensorView> outputs) {
  switch (op.kind) {
    case Kind::cholesky:
      return cholesky(x, i, outputs);
    case Kind::lu:
      lu(x, i, outputs);
      return {};
    case Kind::qr: {
      const QrFactors factors = qr_factors(x);
      store_matrix(outputs[0], i, factors.q);
      store_matrix(outputs[1], i, factors.r);
      return {};
    }
    case Kind::eigen: {
      const EigenFactors factors = symmetric_eigen(x);
      store_vector(outputs[0], i, factors.values);
      store_matrix(outputs[1], i, factors.vectors);
      return {};
    }
    case Kind::singular: {
      const SingularFactors factors = singular_factors(x);
      store_vector(outputs[0], i, factors.values);
      store_matrix(outputs[1], i, factors.u);
      store_matrix(outputs[2], i, factors.v);
      return {};
    }
    default:
      determinant(op.kind, x, i, outputs);
      return {};
  }
}

}  // namespace

Result<std::vector<Fact>> Factor::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_matrices(kName, "x", x));
  if (wants_square(kind)) {
    VIVACE_CHECK_OK(require_square(kName, "x", x));
  }
  const Dims batch(x.dims.begin(), x.dims.end() - 2);
  const Dim &m = x.dims[x.dims.size() - 2], &n = x.dims.back(), k = smaller(m, n);
  const auto fact = [&](std::initializer_list<Dim> sizes, DType type) {
    Dims dims = batch;
    dims.insert(dims.end(), sizes);
    return Fact::tensor(type, std::move(dims));
  };
  switch (kind) {
    case Kind::cholesky:
      return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
    case Kind::lu:
      return inferred(kName, {fact({n, n}, x.dtype), fact({n}, DType::i32)});
    case Kind::qr:
      return inferred(kName, {fact({m, full ? m : k}, x.dtype), fact({full ? m : k, n}, x.dtype)});
    case Kind::eigen:
      return inferred(kName, {fact({n}, x.dtype), fact({n, n}, x.dtype)});
    case Kind::singular:
      return inferred(
          kName, {fact({k}, x.dtype), fact({m, full ? m : k}, x.dtype), fact({n, full ? n : k}, x.dtype)});
    case Kind::determinant:
      return inferred(kName, {fact({}, x.dtype)});
    case Kind::log_determinant:
      break;
  }
  return inferred(kName, {fact({}, x.dtype), fact({}, x.dtype)});
}

Cost Factor::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double rows = static_cast<double>(inputs[0].dims[inputs[0].dims.size() - 2].number());
  const double each = kind == Kind::eigen || kind == Kind::singular ? 20 : 1;
  return cost_of(each * rows * elements_of(inputs[0]), inputs, outputs);
}

Status Factor::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const std::int64_t count = matrices_in(inputs[0].dims);
  for (std::int64_t i = 0; i < count; ++i)
    VIVACE_CHECK_OK(factor_one(*this, load_matrix(inputs[0], i), i, outputs));
  return {};
}

}  // namespace vivace
