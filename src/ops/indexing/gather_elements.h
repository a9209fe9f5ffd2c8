// Elements picked one by one along an axis: take_along_axis.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[i, j, k] = x[i, indices[i, j, k], k] for axis 1, and so for any axis. inputs: x; indices (integer), of
/// x's rank, each axis but `axis` of x's size or 1 on either side. A negative index counts from the end; any
/// other index outside gives the error op.index when run.
struct GatherElements : OpBase<GatherElements> {
  static constexpr std::string_view kName = "gather_elements";
  std::int64_t axis = 0;

  void attributes(AttributeVisitor& v) { v("axis", axis); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
