// Another type for each element.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// float to integer truncates, saturates at the type's ends, and takes NaN to 0; anything but 0 is true.
struct Cast : OpBase<Cast> {
  static constexpr std::string_view kName = "cast";
  DType to = DType::f32;

  void attributes(AttributeVisitor& v) { v("to", to); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
