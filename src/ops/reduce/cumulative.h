// Running sum or product along an axis.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

struct Cumulative : OpBase<Cumulative> {
  static constexpr std::string_view kName = "cumulative";
  bool product = false;
  std::int64_t axis = 0;
  bool exclusive = false;
  bool reverse = false;

  void attributes(AttributeVisitor& v) {
    v("product", product);
    v("axis", axis);
    v("exclusive", exclusive);
    v("reverse", reverse);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
