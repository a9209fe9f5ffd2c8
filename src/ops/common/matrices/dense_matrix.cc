#include "ops/common/matrices/dense_matrix.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vivace {
namespace {

constexpr int kMostSweeps = 60;
constexpr double kTiny = 1e-300;

// The rotation that makes two columns orthogonal: their squares are a and b, their product c.
struct Rotation {
  double cosine, sine;
  Rotation(double a, double b, double c) {
    const double zeta = (b - a) / (2 * c);
    const double tangent = std::copysign(1 / (std::fabs(zeta) + std::hypot(1, zeta)), zeta);
    cosine = 1 / std::hypot(1, tangent), sine = cosine * tangent;
  }
  void turn_columns(DenseMatrix& x, std::size_t p, std::size_t q) const {
    for (std::size_t i = 0; i < x.rows; ++i) {
      const double left = x(i, p), right = x(i, q);
      x(i, p) = cosine * left - sine * right;
      x(i, q) = sine * left + cosine * right;
    }
  }
  void turn_rows(DenseMatrix& x, std::size_t p, std::size_t q) const {
    for (std::size_t j = 0; j < x.columns; ++j) {
      const double upper = x(p, j), lower = x(q, j);
      x(p, j) = cosine * upper - sine * lower;
      x(q, j) = sine * upper + cosine * lower;
    }
  }
};

double column_product(const DenseMatrix& x, std::size_t p, std::size_t q) {
  double total = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x(i, p) * x(i, q);
  return total;
}

// One sweep over all pairs of columns of `work`; v turns along. False once all are orthogonal.
bool sweep(DenseMatrix& work, DenseMatrix& v) {
  bool turned = false;
  for (std::size_t p = 0; p < work.columns; ++p)
    for (std::size_t q = p + 1; q < work.columns; ++q) {
      const double a = column_product(work, p, p), b = column_product(work, q, q),
                   c = column_product(work, p, q);
      if (!(std::fabs(c) > 1e-15 * std::sqrt(a * b)) || !(std::fabs(c) > kTiny)) continue;
      const Rotation rotation(a, b, c);
      rotation.turn_columns(work, p, q);
      rotation.turn_columns(v, p, q);
      turned = true;
    }
  return turned;
}

DenseMatrix columns_in_order(const DenseMatrix& x, const std::vector<std::size_t>& order) {
  DenseMatrix y(x.rows, order.size());
  for (std::size_t i = 0; i < x.rows; ++i)
    for (std::size_t j = 0; j < order.size(); ++j) y(i, j) = x(i, order[j]);
  return y;
}

// x whose first `known` columns are orthonormal, with the others made so that all are.
void complete(DenseMatrix& x, std::size_t known) {
  if (known == x.columns) return;
  DenseMatrix first(x.rows, known);
  for (std::size_t i = 0; i < x.rows; ++i)
    for (std::size_t j = 0; j < known; ++j) first(i, j) = x(i, j);
  const DenseMatrix q = qr_factors(std::move(first)).q;
  for (std::size_t i = 0; i < x.rows; ++i)
    for (std::size_t j = known; j < x.columns; ++j) x(i, j) = q(i, j);
}

SingularFactors tall_singular_factors(const DenseMatrix& x) {
  DenseMatrix work = x, v = DenseMatrix::identity(x.columns);
  for (int i = 0; i < kMostSweeps && sweep(work, v); ++i) {
  }
  std::vector<double> lengths(x.columns);
  for (std::size_t j = 0; j < x.columns; ++j) lengths[j] = std::sqrt(column_product(work, j, j));
  std::vector<std::size_t> order(x.columns);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lengths[a] > lengths[b]; });
  SingularFactors result{{}, DenseMatrix(x.rows, x.rows), columns_in_order(v, order)};
  std::size_t known = 0;
  for (std::size_t j = 0; j < order.size(); ++j) {
    result.values.push_back(lengths[order[j]]);
    const bool counts = known == j && result.values[j] > result.values[0] * 1e-14 && result.values[j] > kTiny;
    if (!counts) continue;
    for (std::size_t i = 0; i < x.rows; ++i) result.u(i, j) = work(i, order[j]) / result.values[j];
    ++known;
  }
  complete(result.u, known);
  return result;
}

}  // namespace

DenseMatrix DenseMatrix::identity(std::size_t n) {
  DenseMatrix x(n, n);
  for (std::size_t i = 0; i < n; ++i) x(i, i) = 1;
  return x;
}

DenseMatrix DenseMatrix::transposed() const {
  DenseMatrix y(columns, rows);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) y(j, i) = (*this)(i, j);
  return y;
}

LuFactors lu_factors(DenseMatrix x) {
  LuFactors result{{}, std::vector<std::size_t>(x.rows)};
  std::iota(result.rows.begin(), result.rows.end(), std::size_t{0});
  for (std::size_t k = 0; k < x.rows; ++k) {
    std::size_t best = k;
    for (std::size_t i = k + 1; i < x.rows; ++i)
      if (std::fabs(x(i, k)) > std::fabs(x(best, k))) best = i;
    if (best != k) {
      for (std::size_t j = 0; j < x.columns; ++j) std::swap(x(k, j), x(best, j));
      std::swap(result.rows[k], result.rows[best]);
      result.sign = -result.sign;
    }
    if (x(k, k) == 0) continue;
    for (std::size_t i = k + 1; i < x.rows; ++i) {
      const double factor = x(i, k) /= x(k, k);
      for (std::size_t j = k + 1; j < x.columns; ++j) x(i, j) -= factor * x(k, j);
    }
  }
  result.lu = std::move(x);
  return result;
}

bool cholesky_factor(const DenseMatrix& x, DenseMatrix& lower) {
  lower = DenseMatrix(x.rows, x.columns);
  for (std::size_t j = 0; j < x.rows; ++j)
    for (std::size_t i = j; i < x.rows; ++i) {
      double rest = x(i, j);
      for (std::size_t k = 0; k < j; ++k) rest -= lower(i, k) * lower(j, k);
      if (i == j && !(rest > 0)) return false;
      lower(i, j) = i == j ? std::sqrt(rest) : rest / lower(j, j);
    }
  return true;
}

QrFactors qr_factors(DenseMatrix x) {
  DenseMatrix q = DenseMatrix::identity(x.rows);
  std::vector<double> v(x.rows);
  for (std::size_t k = 0; k < std::min(x.rows, x.columns); ++k) {
    double tail = 0;
    for (std::size_t i = k + 1; i < x.rows; ++i) tail += x(i, k) * x(i, k);
    if (!(tail > std::numeric_limits<double>::min())) continue;
    const double first = x(k, k), length = std::sqrt(first * first + tail),
                 beta = first >= 0 ? -length : length;
    v[k] = 1;
    for (std::size_t i = k + 1; i < x.rows; ++i) v[i] = x(i, k) / (first - beta);
    const double tau = (beta - first) / beta;
    for (std::size_t j = k; j < x.columns; ++j) {
      double along = 0;
      for (std::size_t i = k; i < x.rows; ++i) along += v[i] * x(i, j);
      for (std::size_t i = k; i < x.rows; ++i) x(i, j) -= tau * along * v[i];
    }
    for (std::size_t i = k + 1; i < x.rows; ++i) x(i, k) = 0;
    for (std::size_t i = 0; i < x.rows; ++i) {
      double along = 0;
      for (std::size_t j = k; j < x.rows; ++j) along += q(i, j) * v[j];
      for (std::size_t j = k; j < x.rows; ++j) q(i, j) -= tau * along * v[j];
    }
  }
  return {std::move(q), std::move(x)};
}

EigenFactors symmetric_eigen(const DenseMatrix& x) {
  const std::size_t n = x.rows;
  DenseMatrix a(n, n), v = DenseMatrix::identity(n);
  double scale = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      a(i, j) = a(j, i) = x(i, j);
      scale = std::max(scale, std::fabs(x(i, j)));
    }
  bool turned = true;
  for (int i = 0; i < kMostSweeps && turned; ++i) {
    turned = false;
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) {
        if (!(std::fabs(a(p, q)) > 1e-17 * scale)) continue;
        const Rotation rotation(a(p, p), a(q, q), a(p, q));
        rotation.turn_columns(a, p, q);
        rotation.turn_rows(a, p, q);
        rotation.turn_columns(v, p, q);
        turned = true;
      }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return a(i, i) < a(j, j); });
  EigenFactors result{{}, columns_in_order(v, order)};
  for (const std::size_t i : order) result.values.push_back(a(i, i));
  return result;
}

SingularFactors singular_factors(const DenseMatrix& x) {
  if (x.rows >= x.columns) return tall_singular_factors(x);
  SingularFactors wide = tall_singular_factors(x.transposed());
  std::swap(wide.u, wide.v);
  return wide;
}

bool solve_triangle(const DenseMatrix& a, bool lower, bool unit_diagonal, DenseMatrix& b) {
  for (std::size_t step = 0; step < a.rows; ++step) {
    const std::size_t i = lower ? step : a.rows - 1 - step;
    const double pivot = unit_diagonal ? 1 : a(i, i);
    if (pivot == 0) return false;
    const std::size_t first = lower ? 0 : i + 1, last = lower ? i : a.rows;
    for (std::size_t j = 0; j < b.columns; ++j) {
      double rest = b(i, j);
      for (std::size_t k = first; k < last; ++k) rest -= a(i, k) * b(k, j);
      b(i, j) = rest / pivot;
    }
  }
  return true;
}

}  // namespace vivace
