// Quantised vectors of length one.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = (x - input_zero) / its length along the last axis, to scale 1 / 128 and zero point 0 (uint8: 128), by
/// the fixed-point inverse root of TensorFlow Lite's reference kernels. inputs: x, int8 or uint8.
struct QL2Normalize : OpBase<QL2Normalize> {
  static constexpr std::string_view kName = "q_l2_normalize";
  std::int64_t input_zero = 0;

  void attributes(AttributeVisitor& v) { v("input_zero", input_zero); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
