// Pictures seen through a projection: rotated, sheared, moved, in perspective.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x [N, height, width, C] float32; transforms [N or 1, 8] float32. y like x. Place (column, row) of
/// y takes the value of x at ((t0 c + t1 r + t2) / k, (t3 c + t4 r + t5) / k) with k = t6 c + t7 r + 1, as
/// TensorFlow's ImageProjectiveTransformV3: nearest or bilinear; what lies outside is `value`, or folded back
/// (reflect repeats the edge), wrapped around, or the nearest edge. Where k is 0, y is `value`.
struct ProjectiveTransform : OpBase<ProjectiveTransform> {
  enum class Mode : std::uint32_t { nearest, bilinear };
  enum class Fill : std::uint32_t { constant, nearest, reflect, wrap };
  static constexpr std::string_view kName = "projective_transform";
  static constexpr std::string_view kModes[] = {"nearest", "bilinear"};
  static constexpr std::string_view kFills[] = {"constant", "nearest", "reflect", "wrap"};
  Mode mode = Mode::bilinear;
  Fill fill = Fill::constant;
  double value = 0;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "mode", mode, kModes);
    visit_enum(v, "fill", fill, kFills);
    v("value", value);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
