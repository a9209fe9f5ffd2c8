// Small dense matrices in double: the decompositions behind factor and solve.
#pragma once

#include <cstddef>
#include <vector>

namespace vivace {

/// Row-major.
struct DenseMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> numbers;

  DenseMatrix() = default;
  DenseMatrix(std::size_t m, std::size_t n) : rows(m), columns(n), numbers(m * n) {}
  static DenseMatrix identity(std::size_t n);

  double& operator()(std::size_t i, std::size_t j) { return numbers[i * columns + j]; }
  double operator()(std::size_t i, std::size_t j) const { return numbers[i * columns + j]; }
  DenseMatrix transposed() const;
};

/// x[rows] = L U, both in one matrix; L's diagonal is 1.
struct LuFactors {
  DenseMatrix lu;
  std::vector<std::size_t> rows;
  double sign = 1;  // of the permutation
};
LuFactors lu_factors(DenseMatrix x);

/// False where x is not positive definite. Reads the lower triangle.
bool cholesky_factor(const DenseMatrix& x, DenseMatrix& lower);

/// x = q r by Householder's reflections, q square; the diagonal of r has the signs that they give.
struct QrFactors {
  DenseMatrix q, r;
};
QrFactors qr_factors(DenseMatrix x);

/// x = vectors diag(values) vectors^T, values ascending, by Jacobi's rotations. Reads the lower triangle.
struct EigenFactors {
  std::vector<double> values;
  DenseMatrix vectors;
};
EigenFactors symmetric_eigen(const DenseMatrix& x);

/// x = u diag(values) v^T, values falling, by one-sided Jacobi rotations; u and v are square.
struct SingularFactors {
  std::vector<double> values;
  DenseMatrix u, v;
};
SingularFactors singular_factors(const DenseMatrix& x);

/// Solves a triangular system in place, for every column of b; false where the diagonal holds a zero.
bool solve_triangle(const DenseMatrix& a, bool lower, bool unit_diagonal, DenseMatrix& b);

}  // namespace vivace
