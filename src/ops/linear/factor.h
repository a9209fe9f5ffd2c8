// Matrices taken apart: Cholesky, LU, QR, eigenvalues, singular values, determinants.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// Of every matrix x[..., m, n] of a floating type, computed in double:
///   cholesky         l [n,n] with x = l l^T (reads the lower triangle); op.value where there is none
///   lu               both triangles in one matrix [n,n], and the rows [n] (i32) with x[rows] = l u
///   qr               q [m,k], r [k,n] with k = min(m, n), or with `full` q [m,m], r [m,n]; Householder's
///   signs eigen            values [n] ascending, and vectors [n,n] in columns; of a symmetric x (its lower
///   triangle) singular         values [k] falling, u [m,k], v [n,k] with x = u diag(values) v^T, or square u
///   and v determinant      [] of a square x log_determinant  its sign, and the logarithm of its size
/// Which sign a vector has is nobody's rule: frameworks differ there.
struct Factor : OpBase<Factor> {
  enum class Kind : std::uint32_t { cholesky, lu, qr, eigen, singular, determinant, log_determinant };
  static constexpr std::string_view kName = "factor";
  static constexpr std::string_view kKinds[] = {
      "cholesky", "lu", "qr", "eigen", "singular", "determinant", "log_determinant"};
  Kind kind = Kind::cholesky;
  bool full = false;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("full", full);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
