// Numbers as rows with a single one in them.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[..., d, ...] = (x == d) ? on : off, with the new axis at `axis`; a number outside [0, depth) gives a row
/// of off.
struct OneHot : OpBase<OneHot> {
  static constexpr std::string_view kName = "one_hot";
  std::int64_t depth = 1;
  std::int64_t axis = 0;
  double on = 1, off = 0;
  DType result = DType::f32;

  void attributes(AttributeVisitor& v) {
    v("depth", depth);
    v("axis", axis);
    v("on", on);
    v("off", off);
    v("result", result);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
