// Overlapping parts of the last axis, and their sum.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// x [..., t] as y [..., frames, length]: frame f begins at f * stride, and only whole frames count.
/// inverse: x [..., frames, length] added up where they overlap, y [..., (frames - 1) * stride + length].
struct Frames : OpBase<Frames> {
  static constexpr std::string_view kName = "frames";
  std::int64_t length = 1, stride = 1;
  bool inverse = false;

  void attributes(AttributeVisitor& v) {
    v("length", length);
    v("stride", stride);
    v("inverse", inverse);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
