// How a block of output rows is swept by register tiles. Included by kernel bodies only.
#pragma once

#include "kernels/matrix/shares.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

/// Columns first: every panel group meets all tiles of the block while it is in L1 or L2. `pointers` holds
/// for each tile its taps x rows pointers, one tile after the other; `tile` is set up for the block's first
/// row.
struct Block {
  const float* const* pointers;
  std::size_t rows, tile_rows;
  std::size_t panel_begin, panel_end, width;
  std::size_t columns;           // of the whole matrix
  const float* after = nullptr;  // panels that are read after the last one, if any
};

/// Bytes of panels up to which the next are fetched while these are at work: both must stay in L2 (1 to 2 MB
/// where there is AVX-512) beside the rows.
constexpr std::size_t kMostAheadBytes = 512 << 10;

/// The panels [panel, panel + width), met by all tiles of the block. The first tiles are a row higher where
/// the rows do not divide evenly; each fetches an equal part of the next group, which lies behind this one.
VIVACE_INLINE void sweep_group(const Block& block, Tile tile, const float* next_group, std::size_t width) {
  const std::size_t tiles = ceil_divide(block.rows, block.tile_rows), size = width * tile.panel_stride;
  const std::size_t low = block.rows / tiles, higher = block.rows % tiles, share = size / tiles;
  if (size * sizeof(float) <= kMostAheadBytes && next_group) {
    tile.ahead = next_group;
    tile.ahead_step = ceil_divide(width * kPanel, tiles);
  }
  for (std::size_t i = 0; i < tiles;) {
    const std::size_t rows = low + (i < higher ? 1 : 0), end = i < higher ? higher : tiles;
    const TileFunction run = find_tile(rows, width);
    for (; i < end; ++i) {
      run(tile);
      tile.rows += rows * tile.taps;
      tile.c += rows * tile.c_stride;
      if (tile.ahead) tile.ahead += share;
      if (tile.end.residual) tile.end.residual += rows * tile.end.residual_stride;
    }
  }
}

VIVACE_INLINE void sweep(const Block& block, const Tile& first) {
  Tile tile = first;
  tile.rows = block.pointers;
  for (std::size_t panel = block.panel_begin; panel < block.panel_end;) {
    const std::size_t width = next_width(block.panel_end - panel, block.width);
    const std::size_t column = panel * kPanel, next = panel + width;
    tile.columns = smaller(width * kPanel, block.columns - column);
    tile.b = first.b + panel * first.panel_stride;
    tile.c = first.c + column;
    if (first.end.bias) tile.end.bias = first.end.bias + column;
    if (first.end.residual) tile.end.residual = first.end.residual + column;
    sweep_group(block, tile, next < block.panel_end ? first.b + next * first.panel_stride : block.after,
                width);
    panel = next;
  }
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
