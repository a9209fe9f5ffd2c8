// Floating-point numbers as integers with a scale.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = saturate(round(x / scale) + zero), divided in float, ties away from zero; NaN gives the type's lowest.
/// `even`: x times 1 / scale, ties to even, as XNNPACK rounds.
///
/// inputs: x, float32. One scale and zero point for the whole tensor, or one of each for each place of
/// `axis`. y is int8, uint8 or int16. TensorFlow Lite leaves it to the processor what becomes of NaN and of
/// quotients beyond 32 bits; here they saturate.
struct Quantize : OpBase<Quantize> {
  static constexpr std::string_view kName = "quantize";
  DType result = DType::i8;
  std::vector<double> scales = {1};
  std::vector<std::int64_t> zeros = {0};
  std::int64_t axis = 0;
  bool even = false;

  void attributes(AttributeVisitor& v) {
    v("result", result);
    v("scales", scales);
    v("zeros", zeros);
    v("axis", axis);
    v("even", even);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
