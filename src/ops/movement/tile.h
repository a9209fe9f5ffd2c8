// Copies side by side along axes.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// Axis i is repeated repeats[i] times: whole copies (abab), or each element (aabb) with `interleave`
/// (RepeatVector after a Reshape, UpSampling by nearest).
struct Tile : OpBase<Tile> {
  static constexpr std::string_view kName = "tile";
  std::vector<std::int64_t> repeats;
  bool interleave = false;

  void attributes(AttributeVisitor& v) {
    v("repeats", repeats);
    v("interleave", interleave);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
