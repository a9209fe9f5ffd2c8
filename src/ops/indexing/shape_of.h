// A tensor's sizes, as a tensor.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y [rank] of `result` (i32 or i64).
struct ShapeOf : OpBase<ShapeOf> {
  static constexpr std::string_view kName = "shape_of";
  DType result = DType::i32;

  void attributes(AttributeVisitor& v) { v("result", result); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
