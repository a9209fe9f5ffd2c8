// The same elements under other sizes.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x; like, optional: only its sizes matter.
/// `target`, an entry an output axis: n >= 1 is that size, kInfer (at most one) what is left over,
/// kKeep - i (so kKeep, kKeep-1, ...) the size of x's axis i, known or not, and kLike - i that of like's axis
/// i. Sizes of 0 come by kKeep and kLike only.
struct Reshape : OpBase<Reshape> {
  static constexpr std::string_view kName = "reshape";
  static constexpr std::int64_t kInfer = -1;
  static constexpr std::int64_t kKeep = -2;
  static constexpr std::int64_t keep(std::int64_t axis) { return kKeep - axis; }
  static constexpr std::int64_t kLike = -1002;
  static constexpr std::int64_t like(std::int64_t axis) { return kLike - axis; }
  std::vector<std::int64_t> target;

  void attributes(AttributeVisitor& v) { v("target", target); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
