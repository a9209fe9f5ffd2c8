// Matrix product with a fused end.
#pragma once

#include "ops/common/epilogue.h"
#include "ops/common/op_base.h"

namespace vivace {

/// y[..., m, n] = end(sum_k a[..., m, k] b[..., k, n])
///
/// inputs: a [..., M, K] (rank >= 1; rank 1 counts as [1, K] and loses that axis again); b [K, N] shared by
/// all of a's leading axes, or [..., K, N] whose leading axes broadcast with a's; bias [N]; residual like y.
/// transpose_a / transpose_b swap the last two axes of a / b before the product.
struct MatMul : OpBase<MatMul> {
  static constexpr std::string_view kName = "mat_mul";
  bool transpose_a = false;
  bool transpose_b = false;
  Epilogue epilogue;

  void attributes(AttributeVisitor& v) {
    v("transpose_a", transpose_a);
    v("transpose_b", transpose_b);
    epilogue.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
