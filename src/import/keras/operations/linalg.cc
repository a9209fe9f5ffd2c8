// keras.ops.linalg and tf.linalg: decompositions, systems of equations, and what follows from them.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

constexpr double kEpsilon = 1.1920929e-07;  // of float32

std::vector<Term> factors(Term x, Factor::Kind kind, bool full = false) {
  Call& call = x.call();
  std::vector<Term> all;
  for (const ValueId value :
       call.add_many(with(Factor{}, &Factor::kind, kind, &Factor::full, full), {x}, "factors"))
    all.emplace_back(call, value);
  return all;
}

Term swapped(Term x) {
  if (x.rank() < 2) return x;
  return axis_moved(x, x.rank() - 1, x.rank() - 2);
}

Term product(Term a, Term b) { return {a.call(), a.call().add(MatMul{}, {a, b}, "product")}; }

Term solved(Term a, Term b, Solve::Kind kind, bool transposed = false) {
  const Solve op = with(Solve{}, &Solve::kind, kind, &Solve::transposed, transposed);
  return {a.call(), a.call().add(op, {a, b})};
}

Term matrix(Call& call) {
  const Term x(call, call.tensor_option("x|a|input|matrix|tensor", 0));
  if (!call.failed() && x.rank() < 2) call.want_rank(x, 2);
  return x.real();
}

// A unit matrix as large as the last axes of x.
Term unit_like(Term x) {
  return (places(x, x.rank() - 1, DType::i32) == places(x, x.rank() - 2, DType::i32)).as(DType::f32);
}

void cholesky(Call& call) {
  const Term x = matrix(call);
  const bool upper = call.flag_option("upper", 1, false);
  if (call.failed()) return;
  const auto lower = factors(x, Factor::Kind::cholesky);
  if (!lower.empty()) call.output(upper ? swapped(lower[0]) : lower[0]);
}

// The inverse of the matrix whose Cholesky factor is given.
void cholesky_inverse(Call& call) {
  const Term x = matrix(call);
  const bool upper = call.flag_option("upper", 1, false);
  if (call.failed()) return;
  const Term inverse = solved(x, unit_like(x), upper ? Solve::Kind::upper : Solve::Kind::lower);
  call.output(upper ? product(inverse, swapped(inverse)) : product(swapped(inverse), inverse));
}

void determinant(Call& call) {
  const Term x = matrix(call);
  if (!call.failed()) call.output(call.add(with(Factor{}, &Factor::kind, Factor::Kind::determinant), {x}));
}

void sign_and_log_determinant(Call& call) {
  for (const Term& y : factors(matrix(call), Factor::Kind::log_determinant)) call.output(y);
}

void log_determinant(Call& call) {
  const auto both = factors(matrix(call), Factor::Kind::log_determinant);
  if (both.size() == 2) call.output(both[1]);
}

void inverse(Call& call) {
  const Term x = matrix(call);
  if (!call.failed())
    call.output(solved(x, unit_like(x), Solve::Kind::general, call.flag_option("adjoint", -1, false)));
}

// The rows are permuted either way: row i of the product is row p[i] of x, or lies there.
void lu(Call& call, bool inverted) {
  const auto both = factors(matrix(call), Factor::Kind::lu);
  if (both.size() != 2) return;
  call.output(both[0]);
  if (!inverted) return call.output(both[1]);
  const Term rows = widened(both[1], both[1].rank()), at = places(both[1], both[1].rank() - 1, DType::i32);
  // Where each number stands in the permutation.
  const Term hits = (rows == at).as(DType::i32);
  call.output(sum(hits * widened(at, at.rank()), {hits.rank() - 2}));
}
void lu_factor(Call& call) { lu(call, true); }
void lu_function(Call& call) { lu(call, false); }

void qr(Call& call) {
  const std::string_view mode = call.text_option("mode", 1, "reduced");
  if (mode != "reduced" && mode != "complete") call.mistake("mode", "reduced or complete");
  const bool full = mode == "complete" || call.flag_option("full_matrices", 1, false);
  for (const Term& y : factors(matrix(call), Factor::Kind::qr, full)) call.output(y);
}

void symmetric_eigen(Call& call) {
  for (const Term& y : factors(matrix(call), Factor::Kind::eigen)) call.output(y);
}

void eigenvalues(Call& call) {
  const auto both = factors(matrix(call), Factor::Kind::eigen);
  if (!both.empty()) call.output(both[0]);
}

// Keras gives u, s, v^T; TensorFlow s, u, v.
void singular(Call& call) {
  const bool keras = call.era() >= 3;
  const bool full = call.flag_option("full_matrices", 1, keras),
             vectors = call.flag_option("compute_uv", 2, true);
  const auto all = factors(matrix(call), Factor::Kind::singular, full);
  if (all.size() != 3) return;
  if (!vectors) return call.output(all[0]);
  call.output(all[keras ? 1 : 0]);
  call.output(all[keras ? 0 : 1]);
  call.output(keras ? swapped(all[2]) : all[2]);
}

// The right side may be a vector a matrix.
void solve_by(Call& call, Solve::Kind kind) {
  const Term a = Term(call, call.tensor_option("a|matrix", 0)).real();
  Term b = Term(call, call.tensor_option("b|rhs", 1)).real();
  if (!call.failed() && a.rank() < 2) call.want_rank(a, 2);
  if (call.failed()) return;
  const bool vector = b.rank() == a.rank() - 1;
  if (vector) b = widened(b, b.rank());
  const Term y = solved(a, b, kind, call.flag_option("adjoint", -1, false));
  call.output(vector ? narrowed(y, y.rank() - 1) : y);
}
void solve(Call& call) { solve_by(call, Solve::Kind::general); }
void solve_triangular(Call& call) {
  const bool lower = call.flag_option("lower", 2, call.era() < 3);
  solve_by(call, lower ? Solve::Kind::lower : Solve::Kind::upper);
}

std::int64_t longer_side(Call& call, Term x) { return std::max(call.size(x, -1), call.size(x, -2)); }

// v diag(1 / s) u^T, without the singular values that count as 0.
Term pseudo_inverse(Term x, double share, bool inclusive) {
  const auto all = factors(x, Factor::Kind::singular);
  if (all.size() != 3) return x;
  const Term largest = reduce(Reduce::Kind::max, all[0], {all[0].rank() - 1}, true);
  const Term bound = largest * share;
  const Term counts = inclusive ? all[0] >= bound : all[0] > bound;
  const Term inverse = select(counts, 1.0 / select(counts, all[0], 1.0), 0.0);
  return product(all[2] * widened(inverse, inverse.rank() - 1), swapped(all[1]));
}

void pinv(Call& call) {
  const Term x = matrix(call);
  const double share = call.option("rcond", 1) ? call.number_option("rcond", 1)
                                               : 10 * kEpsilon * static_cast<double>(longer_side(call, x));
  if (!call.failed()) call.output(pseudo_inverse(x, share, false));
}

void least_squares(Call& call) {
  const Term a = Term(call, call.tensor_option("a|matrix", 0)).real();
  Term b = Term(call, call.tensor_option("b|rhs", 1)).real();
  call.want_rank(a, 2);
  double share = call.option("rcond", 2) ? call.number_option("rcond", 2)
                                         : kEpsilon * static_cast<double>(longer_side(call, a));
  if (share < 0) share = kEpsilon;
  if (call.failed()) return;
  const bool vector = b.rank() == 1;
  if (vector) b = widened(b, 1);
  const Term y = product(pseudo_inverse(a, share, true), b);
  call.output(vector ? flat(y) : y);
}

void matrix_rank(Call& call) {
  const Term x = matrix(call);
  const double share = kEpsilon * static_cast<double>(longer_side(call, x));
  const auto all = factors(x, Factor::Kind::singular);
  if (all.size() != 3) return;
  const std::int64_t axis = all[0].rank() - 1;
  const bool given = call.option("tol", 1) != nullptr;
  const Term bound = given ? Term(call, call.scalar(call.number_option("tol", 1)))
                           : reduce(Reduce::Kind::max, all[0], {axis}, true) * share;
  call.output(sum((all[0] > bound).as(DType::i32), {axis}));
}

void adjoint(Call& call) {
  const Term x(call, call.tensor_option("a|matrix|x", 0));
  if (!call.failed() && x.rank() < 2) call.want_rank(x, 2);
  if (!call.failed()) call.output(swapped(x));
}

// Keeps `lower` diagonals below the main one and `upper` above it; a negative number keeps all.
void band_part(Call& call) {
  const Term x(call, call.tensor_option("input", 0));
  const std::int64_t below = call.integer_option("num_lower", 1), above = call.integer_option("num_upper", 2);
  if (!call.failed() && x.rank() < 2) call.want_rank(x, 2);
  if (call.failed()) return;
  const Term apart = places(x, x.rank() - 1, DType::i32) - places(x, x.rank() - 2, DType::i32);
  Term kept(call, kNoValue);
  if (below >= 0) kept = apart >= -static_cast<double>(below);
  if (above >= 0) {
    const Term under = apart <= static_cast<double>(above);
    kept = below >= 0 ? kept && under : under;
  }
  call.output(below < 0 && above < 0 ? x : select(kept, x, filled_like(x, 0, x.dtype())));
}

// The diagonal, or matrices with the last axis on theirs. Only the main diagonal.
bool off_diagonal(Call& call) {
  const bool off = call.option("k", 1) && call.integers_option("k", 1) != Sizes{0};
  if (off) call.refuse("a diagonal beside the main one", "use keras.ops.diagonal");
  return off || call.failed();
}

void diag_part(Call& call) {
  const Term x(call, call.tensor_option("input", 0));
  if (off_diagonal(call)) return;
  if (x.rank() < 2) call.want_rank(x, 2);
  const std::int64_t rows = call.size(x, -2), columns = call.size(x, -1), length = std::min(rows, columns);
  if (call.failed()) return;
  const Term square = part(part(x, x.rank() - 2, 0, length), x.rank() - 1, 0, length);
  const Term on = places(square, x.rank() - 1, DType::i32) == places(square, x.rank() - 2, DType::i32);
  call.output(sum(select(on, square, 0.0), {x.rank() - 2}));
}

void diag_matrices(Call& call) {
  const Term x(call, call.tensor_option("diagonal|input", 0));
  if (off_diagonal(call)) return;
  const Term row = widened(x, x.rank() - 1), column = widened(x, x.rank());
  const Term on = places(row, x.rank(), DType::i32) == places(column, x.rank() - 1, DType::i32);
  call.output(select(on, row, number_like(row, 0).as(x.dtype())));
}

void trace_part(Call& call) {
  const Term x(call, operand(call));
  if (!call.failed() && x.rank() < 2) call.want_rank(x, 2);
  if (call.failed()) return;
  const Term on = places(x, x.rank() - 1, DType::i32) == places(x, x.rank() - 2, DType::i32);
  call.output(sum(select(on, x, 0.0), {x.rank() - 2, x.rank() - 1}));
}

void matvec(Call& call) {
  const Term a = Term(call, call.tensor_option("a", 0)).real(),
             b = Term(call, call.tensor_option("b", 1)).real();
  if (call.failed()) return;
  const MatMul op = with(MatMul{}, &MatMul::transpose_a, call.flag_option("transpose_a", -1, false));
  const Term y(call, call.add(op, {a, widened(b, b.rank())}, "product"));
  call.output(narrowed(y, y.rank() - 1));
}

constexpr Rule kRules[] = {
    {"Cholesky", cholesky},
    {"CholeskyInverse", cholesky_inverse},
    {"Det", determinant},
    {"Slogdet", sign_and_log_determinant},
    {"Logdet", log_determinant},
    {"Inv", inverse},
    {"LuFactor", lu_factor},
    {"Qr", qr},
    {"Eigh", symmetric_eigen},
    {"SVD", singular},
    {"Solve", solve},
    {"SolveTriangular", solve_triangular},
    {"Pinv", pinv},
    {"Lstsq", least_squares},
    {"MatrixRank", matrix_rank},
};

constexpr Rule kFunctions[] = {
    {"linalg.cholesky", cholesky},
    {"linalg.det", determinant},
    {"linalg.slogdet", sign_and_log_determinant},
    {"linalg.logdet", log_determinant},
    {"linalg.inv", inverse},
    {"linalg.lu", lu_function},
    {"linalg.qr", qr},
    {"linalg.eigh", symmetric_eigen},
    {"linalg.eigvalsh", eigenvalues},
    {"linalg.svd", singular},
    {"linalg.solve", solve},
    {"linalg.triangular_solve", solve_triangular},
    {"linalg.pinv", pinv},
    {"linalg.matrix_rank", matrix_rank},
    {"linalg.adjoint", adjoint},
    {"linalg.matrix_transpose", adjoint},
    {"linalg.band_part", band_part},
    {"linalg.diag_part", diag_part},
    {"linalg.diag", diag_matrices},
    {"linalg.trace", trace_part},
    {"linalg.matvec", matvec},
};

}  // namespace

void spectral_norm(Call& call, Term x, const Setting& order, const Sizes& axes, bool keep) {
  const bool nuclear = order.is(Setting::Kind::text) && order.text == "nuc";
  const bool two = order.is_number() && std::fabs(order.number) == 2;
  if (axes.size() != 2 || (!nuclear && !two))
    return call.refuse(text("a norm of order {}", to_text(order)), "use the Euclidean norm");
  const std::int64_t last = x.rank() - 1;
  x = axis_moved(axis_moved(x, axes[1], last), axes[0], last - 1);
  const auto all = factors(x, Factor::Kind::singular);
  if (all.size() != 3) return;
  const auto kind = nuclear ? Reduce::Kind::sum : order.number > 0 ? Reduce::Kind::max : Reduce::Kind::min;
  Term y = reduce(kind, all[0], {all[0].rank() - 1});
  if (keep) y = widened(widened(y, axes[0]), axes[1]);
  call.output(y);
}

std::span<const Rule> linalg_operations() { return kRules; }
std::span<const Rule> linalg_functions() { return kFunctions; }

}  // namespace vivace::keras
