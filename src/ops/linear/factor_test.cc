// What frameworks do not agree on, the signs of vectors, is tested by what the factors make together; the
// rest stands in tests/data/ops/rare.txt.
#include "ops/linear/factor.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "ops/common/matrices/dense_matrix.h"
#include "support/op_errors.h"

namespace vivace {
namespace {

using testing::f32;

Factor of(Factor::Kind kind) {
  Factor op;
  op.kind = kind;
  return op;
}

DenseMatrix sample(std::size_t rows, std::size_t columns) {
  DenseMatrix x(rows, columns);
  for (std::size_t i = 0; i < x.numbers.size(); ++i) x.numbers[i] = std::sin(static_cast<double>(7 * i + 1));
  return x;
}

double off_unit(const DenseMatrix& q) {
  double most = 0;
  for (std::size_t a = 0; a < q.columns; ++a)
    for (std::size_t b = 0; b < q.columns; ++b) {
      double sum = a == b ? -1 : 0;
      for (std::size_t i = 0; i < q.rows; ++i) sum += q(i, a) * q(i, b);
      most = std::max(most, std::fabs(sum));
    }
  return most;
}

// The largest difference between x and u diag(s) v^T.
double misses(const DenseMatrix& x, const DenseMatrix& u, const std::vector<double>& s,
              const DenseMatrix& v) {
  double most = 0;
  for (std::size_t i = 0; i < x.rows; ++i)
    for (std::size_t j = 0; j < x.columns; ++j) {
      double sum = -x(i, j);
      for (std::size_t k = 0; k < s.size(); ++k) sum += u(i, k) * s[k] * v(j, k);
      most = std::max(most, std::fabs(sum));
    }
  return most;
}

}  // namespace

TEST_CASE("singular factors make the matrix again, from orthonormal vectors and falling values") {
  for (const auto [rows, columns] : {std::array{5, 3}, {3, 5}, {4, 4}, {1, 1}, {1, 6}}) {
    DenseMatrix x = sample(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns));
    for (const bool rank_one : {false, true}) {
      if (rank_one)
        for (std::size_t i = 0; i < x.rows; ++i)
          for (std::size_t j = 0; j < x.columns; ++j) x(i, j) = static_cast<double>((i + 1) * (j + 2));
      const SingularFactors factors = singular_factors(x);
      CHECK(misses(x, factors.u, factors.values, factors.v) < 1e-12);
      CHECK(off_unit(factors.u) < 1e-12);
      CHECK(off_unit(factors.v) < 1e-12);
      for (std::size_t k = 1; k < factors.values.size(); ++k)
        CHECK(factors.values[k - 1] >= factors.values[k]);
    }
  }
}

TEST_CASE("eigenvectors of a symmetric matrix make it again, values ascending") {
  for (const std::size_t n : {1, 2, 5}) {
    DenseMatrix x = sample(n, n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) x(j, i) = x(i, j);
    const EigenFactors factors = symmetric_eigen(x);
    CHECK(misses(x, factors.vectors, factors.values, factors.vectors) < 1e-12);
    CHECK(off_unit(factors.vectors) < 1e-12);
    for (std::size_t k = 1; k < n; ++k) CHECK(factors.values[k - 1] <= factors.values[k]);
  }
}

TEST_CASE("factor refuses vectors, integers, and what must be square and is not") {
  for (const auto kind : {Factor::Kind::cholesky, Factor::Kind::lu, Factor::Kind::eigen,
                          Factor::Kind::determinant, Factor::Kind::log_determinant})
    testing::check_errors({{of(kind), {f32({3, 4})}, "op.shape"}, {of(kind), {f32({3})}, "op.rank"}});
  testing::check_errors({{of(Factor::Kind::qr), {Fact::tensor(DType::i32, {3, 3})}, "op.dtype"}});
}

TEST_CASE("a matrix that is not positive definite has no Cholesky factor, and the error says so") {
  const float x[] = {1, 2, 2, 1};
  float out[4];
  const Shape dims = {2, 2};
  const TensorView input{x, DType::f32, dims};
  const MutableTensorView output{out, DType::f32, dims};
  const Status status = of(Factor::Kind::cholesky).evaluate({&input, 1}, {&output, 1});
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().id() == "op.value");
  CHECK(status.error().what() == "factor: matrix 0 has no Cholesky factor");
}

}  // namespace vivace
