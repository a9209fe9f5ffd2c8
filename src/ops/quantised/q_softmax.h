// Softmax of quantised numbers.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = softmax of beta input_scale x along the last axis. inputs: x, int8, uint8 or int16.
///
/// y has the fixed scale 1 / 256 and the type's lowest number as zero point; for int16 1 / 32768 and 0.
/// Computed in fixed point as TensorFlow Lite's reference kernels do: 8-bit numbers by exponentials of 5
/// integer bits, sums of 12, and a reciprocal; 16-bit ones by interpolated tables of exp and 1 / (1 + x).
/// int8 may give int16
/// (`result`), to scale 1 / 65536 with zero point -32768. `logarithm`, for int8 only, gives log(softmax) to
/// scale 1 / 16 with zero point 127.
struct QSoftmax : OpBase<QSoftmax> {
  static constexpr std::string_view kName = "q_softmax";
  double input_scale = 1, beta = 1;
  DType result = DType::i8;
  bool logarithm = false;

  void attributes(AttributeVisitor& v) {
    v("input_scale", input_scale);
    v("beta", beta);
    v("result", result);
    v("logarithm", logarithm);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
