// The same elements under other sizes.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// `target`, an entry an output axis: n >= 1 is that size, kInfer (at most one) what is left over, and
/// kKeep - i (so kKeep, kKeep-1, ...) the size of input axis i, known or not. Sizes of 0 come by kKeep only.
struct Reshape : OpBase<Reshape> {
  static constexpr std::string_view kName = "reshape";
  static constexpr std::int64_t kInfer = -1;
  static constexpr std::int64_t kKeep = -2;
  static constexpr std::int64_t keep(std::int64_t axis) { return kKeep - axis; }
  std::vector<std::int64_t> target;

  void attributes(AttributeVisitor& v) { v("target", target); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
