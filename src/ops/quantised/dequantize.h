// Integers with a scale as floating-point numbers.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = scale * (x - zero), rounded once to float32. inputs: x, int8, uint8, int16 or int32. One scale and
/// zero point for the whole tensor, or one of each for each place of `axis`.
struct Dequantize : OpBase<Dequantize> {
  static constexpr std::string_view kName = "dequantize";
  std::vector<double> scales = {1};
  std::vector<std::int64_t> zeros = {0};
  std::int64_t axis = 0;

  void attributes(AttributeVisitor& v) {
    v("scales", scales);
    v("zeros", zeros);
    v("axis", axis);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
