// Element by element, one of two tensors.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = condition ? a : b, all three broadcast together. inputs: condition (boolean), a, b (of one type).
struct Select : OpBase<Select> {
  static constexpr std::string_view kName = "select";
  void attributes(AttributeVisitor&) {}
  VIVACE_OP_RULES;
};

}  // namespace vivace
