// Matrix product with packed weights.
#pragma once

#include "kernels/matrix/tile.h"

namespace vivace::kernels {

/// c[i][j] = end(sum_k a[i][k] b[k][j]) for rows row_begin .. row_end and the columns of panels panel_begin
/// .. panel_end. All pointers are to the whole matrices; b is pack_panels16 of [k, n]. Results have the same
/// bits for every split into rows and panels and every tile. c and the residual may be the same rows; c must
/// not overlap a or b.
struct Gemm {
  const float* a;
  std::size_t a_stride;
  const float* b;
  float* c;
  std::size_t c_stride;
  std::size_t k, n;
  std::size_t row_begin, row_end;
  std::size_t panel_begin, panel_end;
  std::size_t tile_rows, tile_panels;  // a shape that kTileRows allows
  std::size_t block_rows;              // rows that share a panel while it is hot; at least 1
  End end;
};

VIVACE_KERNEL(gemm, Gemm);

}  // namespace vivace::kernels
