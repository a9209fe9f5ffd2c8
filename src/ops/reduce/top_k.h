// The k largest elements along the last axis, in falling order; the first of equals first.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// NaN counts as larger than every number. outputs: values [..., k] and indices [..., k] (i32).
struct TopK : OpBase<TopK> {
  static constexpr std::string_view kName = "top_k";
  std::int64_t k = 1;

  void attributes(AttributeVisitor& v) { v("k", k); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
