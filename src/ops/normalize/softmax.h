// Softmax and its logarithm.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// Over `axes` together (Keras allows several); exp(x - max) / sum, or its logarithm.
/// inputs: x; mask, optional, boolean, broadcastable to x: where it is false, masked_score takes x's place,
/// and the result (but a logarithm) is 0 there in any case, as in Keras 3. Keras 2 differs only where
/// everything is masked. A row with NaN or +inf, or of nothing but -inf, becomes NaN.
struct Softmax : OpBase<Softmax> {
  static constexpr std::string_view kName = "softmax";
  std::vector<std::int64_t> axes;
  bool log = false;
  double masked_score = -1e9;

  void attributes(AttributeVisitor& v) {
    v("axes", axes);
    v("log", log);
    v("masked_score", masked_score);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
