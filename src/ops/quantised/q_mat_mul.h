// Matrix product of quantised numbers.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace {

/// y[..., m, n] = end(bias[n] + sum_k (a[..., m, k] - a_zero) (b[..., k, n] - b_zero))
///
/// inputs: a, b of int8, uint8 or int16, with the sizes and transpositions of MatMul; bias [N], int32 or
/// int64, optional. TensorFlow Lite's fully_connected is transpose_b with a as [batch, K]; its multipliers
/// are, in double, a's scale * b's / y's, one or one for each n, and its rounding is `real`. Its batch_matmul
/// rounds by fixed31 (int16: fixed16), the product of a's and b's scales rounded to float.
struct QMatMul : OpBase<QMatMul> {
  static constexpr std::string_view kName = "q_mat_mul";
  bool transpose_a = false, transpose_b = false;
  std::int64_t a_zero = 0, b_zero = 0;
  Requantisation end;

  void attributes(AttributeVisitor& v) {
    v("transpose_a", transpose_a);
    v("transpose_b", transpose_b);
    v("a_zero", a_zero);
    v("b_zero", b_zero);
    end.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
