// Tensors one after another along an axis.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

struct Concat : OpBase<Concat> {
  static constexpr std::string_view kName = "concat";
  std::int64_t axis = 0;  // not negative

  void attributes(AttributeVisitor& v) { v("axis", axis); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
