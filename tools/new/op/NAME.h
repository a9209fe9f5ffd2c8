// @Name@: says what it computes, in one line.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = x, of any type and sizes. inputs: x.
struct @Name@ : OpBase<@Name@> {
  static constexpr std::string_view kName = "@name@";

  void attributes(AttributeVisitor&) {}
  VIVACE_OP_RULES;
};

}  // namespace vivace
