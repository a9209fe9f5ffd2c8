// Bilinear resampling of quantised images.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x [N, H, W, C], int8, uint8 or int16; y [N, size..., C] of the same type, scale and zero point.
/// Coordinates as Resize has them. The arithmetic is that of TensorFlow Lite's reference kernels: int8 and
/// int16 in whole 1024ths of a place, ties away from zero; uint8 in float32, half added and cut off.
struct QResize : OpBase<QResize> {
  enum class Coordinates : std::uint32_t { half_pixel, align_corners, asymmetric };
  static constexpr std::string_view kName = "q_resize";
  static constexpr std::int64_t kLongest = 1 << 20;  // places of an axis: products of 1024ths stay exact
  static constexpr std::string_view kCoordinates[] = {"half_pixel", "align_corners", "asymmetric"};
  Coordinates coordinates = Coordinates::half_pixel;
  std::vector<std::int64_t> size = {1, 1};

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "coordinates", coordinates, kCoordinates);
    v("size", size);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
