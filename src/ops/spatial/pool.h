// Maximum and average over sliding windows.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/window.h"

namespace vivace {

/// inputs: x [N, spatial..., C]. Padding never counts: max ignores it, average divides by the real elements
/// (or by the whole window with count_padding). An average of int8, uint8 or int16 is rounded to the nearest,
/// ties away from zero, as TensorFlow Lite's of numbers with one zero point.
struct Pool : OpBase<Pool> {
  enum class Kind : std::uint32_t { max, average };
  static constexpr std::string_view kName = "pool";
  static constexpr std::string_view kKinds[] = {"max", "average"};
  Kind kind = Kind::max;
  std::vector<std::int64_t> window, strides, dilations;
  Padding padding;
  bool count_padding = false;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("window", window);
    v("strides", strides);
    v("dilations", dilations);
    padding.attributes(v);
    v("count_padding", count_padding);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
