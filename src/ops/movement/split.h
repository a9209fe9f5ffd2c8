// A tensor in pieces along an axis.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// One output for each of `sizes`, which add up to the axis; or `parts` equal ones where sizes is empty.
struct Split : OpBase<Split> {
  static constexpr std::string_view kName = "split";
  std::int64_t axis = 0;
  std::int64_t parts = 0;
  std::vector<std::int64_t> sizes;

  void attributes(AttributeVisitor& v) {
    v("axis", axis);
    v("parts", parts);
    v("sizes", sizes);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
