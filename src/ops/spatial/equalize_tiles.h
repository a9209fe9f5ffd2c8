// Contrast-limited adaptive histogram equalisation.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// x [n, h, w, c] of brightnesses from 0 to 255, as y of the same sizes. Each channel is cut into rows x
/// columns tiles (mirrored at the lower and right edge until they are whole); a tile's histogram of 256
/// steps, each clipped at `limit` times an even share and what was clipped spread evenly (0: not clipped),
/// becomes a curve from old to new brightness; a pixel takes the four nearest tiles' curves, weighted by how
/// near they are. (Zuiderveld, Graphics Gems IV, 1994; as Keras computes it.)
struct EqualizeTiles : OpBase<EqualizeTiles> {
  static constexpr std::string_view kName = "equalize_tiles";
  static constexpr std::int64_t kMostTiles = 256;  // along an axis
  std::int64_t rows = 8, columns = 8;
  double limit = 4;

  void attributes(AttributeVisitor& v) {
    v("rows", rows);
    v("columns", columns);
    v("limit", limit);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
