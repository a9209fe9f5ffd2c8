// Another order of axes.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// Output axis i is input axis order[i].
struct Transpose : OpBase<Transpose> {
  static constexpr std::string_view kName = "transpose";
  std::vector<std::int64_t> order;

  void attributes(AttributeVisitor& v) { v("order", order); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
