// Matrix product with packed weights: blocks of rows, swept by register tiles.
#include "kernels/matrix/gemm.h"
#include "kernels/matrix/sweep.h"

namespace vivace::kernels::VIVACE_ISA {

// a is read where it lies: a tile's rows are as many streams as the hardware follows, and packing them pays
// only for matrices far larger than a network's.
void gemm(const Gemm& p) noexcept {
  const float* pointers[kMaxPointers];
  const std::size_t block_rows = smaller(p.block_rows, kMaxPointers);
  for (std::size_t row = p.row_begin; row < p.row_end; row += block_rows) {
    const std::size_t rows = smaller(block_rows, p.row_end - row);
    for (std::size_t i = 0; i < rows; ++i) pointers[i] = p.a + (row + i) * p.a_stride;
    Tile tile{nullptr, 1, p.k, p.b, p.k * kPanel, p.c + row * p.c_stride, p.c_stride, 0, p.end};
    if (tile.end.residual) tile.end.residual += row * tile.end.residual_stride;
    const bool last = row + rows == p.row_end;
    sweep({pointers, rows, p.tile_rows, p.panel_begin, p.panel_end, p.tile_panels, p.n,
           last ? nullptr : p.b + p.panel_begin * tile.panel_stride},
          tile);
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
