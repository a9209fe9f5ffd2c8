// Repeating a tensor along axes.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x; like, optional. With `like` the output has NumPy's broadcast of both sizes (like's elements are
/// not read); otherwise of x's sizes and `sizes`, where -1 keeps x's (aligned at the end).
struct Broadcast : OpBase<Broadcast> {
  static constexpr std::string_view kName = "broadcast";
  std::vector<std::int64_t> sizes;

  void attributes(AttributeVisitor& v) { v("sizes", sizes); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
