// A tensor read at places between its elements.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x of any sizes; coordinates [axes of x, out...] float32. y [out...], of x's type: x at the place
/// that the column of coordinates says, the nearest element or the linear mean of those around it, as
/// keras.ops.image.map_coordinates. Outside: `value`, the nearest edge, mirrored (reflect repeats the edge),
/// or wrapped around.
struct MapCoordinates : OpBase<MapCoordinates> {
  enum class Fill : std::uint32_t { constant, nearest, wrap, mirror, reflect };
  static constexpr std::string_view kName = "map_coordinates";
  static constexpr std::string_view kFills[] = {"constant", "nearest", "wrap", "mirror", "reflect"};
  static constexpr std::size_t kMostAxes = 6;
  bool linear = true;
  Fill fill = Fill::constant;
  double value = 0;

  void attributes(AttributeVisitor& v) {
    v("linear", linear);
    visit_enum(v, "fill", fill, kFills);
    v("value", value);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
