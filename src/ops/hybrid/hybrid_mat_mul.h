// Product of dynamically quantised rows with a matrix of 8-bit weights, to floating point.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/hybrid.h"

namespace vivace {

/// y[..., m, n] = end of sum_k (a[..., m, k] - zero[..., m]) b[k, n], sums of 32 bits, y float32.
///
/// inputs: a int8 [..., K]; b int8 [K, N], or [N, K] with transpose_b; scales [...], float32, and zeros
/// [...], int32, as dynamic_quantize with all but the last axis leading gives them; bias [N], float32,
/// optional. TensorFlow Lite's fully_connected takes a flattened to [batch, K].
struct HybridMatMul : OpBase<HybridMatMul> {
  static constexpr std::string_view kName = "hybrid_mat_mul";
  bool transpose_b = false;
  HybridEnd end;

  void attributes(AttributeVisitor& v) {
    v("transpose_b", transpose_b);
    end.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
