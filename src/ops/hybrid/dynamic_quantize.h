// Floating-point rows as 8-bit integers, each with a scale and a zero point of its own, found when run.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x, float32. outputs: q int8 of x's sizes; scales, float32, and zeros, int32, of the leading axes:
/// x is about scale (q - zero) in each row, which is all that lies under one place of the first `leading`
/// axes.
///
/// Symmetric: q from -127 to 127, scale the greatest magnitude / 127, zero 0. Asymmetric: q from -128 to 127,
/// scale and zero such that 0 and both ends of the row are kept, as TensorFlow Lite finds them. A row of
/// zeros has scale 1. This is the first half of its "hybrid" kernels, for models of dynamic range.
struct DynamicQuantize : OpBase<DynamicQuantize> {
  static constexpr std::string_view kName = "dynamic_quantize";
  std::int64_t leading = 1;
  bool asymmetric = false;

  void attributes(AttributeVisitor& v) {
    v("leading", leading);
    v("asymmetric", asymmetric);
  }
  VIVACE_OP_RULES;

  /// How a row becomes integers: round(x * factor) + zero between low and 127; `scale` stands for it.
  struct Row {
    float scale = 1, factor = 1;
    std::int32_t zero = 0;
    float low = -127;
  };
  /// Of a row whose numbers lie in [least, most].
  Row row_of(float least, float most) const;
};

}  // namespace vivace
