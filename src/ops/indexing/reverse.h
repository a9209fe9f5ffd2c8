// Axes turned round.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

struct Reverse : OpBase<Reverse> {
  static constexpr std::string_view kName = "reverse";
  std::vector<std::int64_t> axes;

  void attributes(AttributeVisitor& v) { v("axes", axes); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
