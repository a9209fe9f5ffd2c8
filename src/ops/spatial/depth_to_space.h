// Blocks of channels become blocks of pixels, and back.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// x [N,H,W, b b C] -> y [N, H b, W b, C] with y[h b + i, w b + j, c] = x[h, w, (i b + j) C + c]; `inverse`
/// is space_to_depth.
struct DepthToSpace : OpBase<DepthToSpace> {
  static constexpr std::string_view kName = "depth_to_space";
  std::int64_t block = 2;
  bool inverse = false;

  void attributes(AttributeVisitor& v) {
    v("block", block);
    v("inverse", inverse);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
