// The register tile that GEMM and convolution share: a few rows times a few vectors of columns.
#pragma once

#include <cstddef>

#include "kernels/common/end.h"

namespace vivace::kernels {

/// Weights are packed in panels of 16 columns: panel p holds, for k = 0.., columns 16 p .. 16 p + 15 of row
/// k.
inline constexpr std::size_t kPanel = 16;

/// c[i][j] = end(sum over taps t, over k, of rows[t R + i][k] * b[t K + k][j]), i < R rows, j < columns,
/// where R is the tile's height. One accumulator for each output, in ascending order of (t, k): the same bits
/// in every tile. `end` is moved to the tile's first row and column.
struct Tile {
  const float* const* rows;  // taps x R pointers to k floats each
  std::size_t taps, k;
  const float* b;            // in the first panel, at the first column
  std::size_t panel_stride;  // floats from one panel to the next
  float* c;
  std::size_t c_stride;
  std::size_t columns;  // how many are stored; the panels hold whole vectors
  End end;
  const std::size_t* tap_offsets = nullptr;
  // Weights that later tiles will read, or null: for each k, the line `ahead_step` floats further is brought
  // to L2, and the one behind it.
  const float* ahead = nullptr;
  std::size_t ahead_step = 0;
};

using TileFunction = void (*)(const Tile&) noexcept;

/// The shapes that exist: at most kTileRows[isa][w - 1] rows for tiles w panels wide; 0 where there is none.
inline constexpr std::size_t kTileWidths = 8;
constexpr std::size_t kTileRows[kIsas][kTileWidths] = {
    {2, 1, 0, 0, 0, 0, 0, 0}, {6, 3, 0, 1, 0, 0, 0, 0}, {14, 14, 8, 6, 0, 0, 0, 1}};
inline constexpr std::size_t kMaxTileRows = 14;

/// The tile of that many rows and panels; rows must not exceed kTileRows.
namespace baseline {
TileFunction find_tile(std::size_t rows, std::size_t panels) noexcept;
}
namespace avx2 {
TileFunction find_tile(std::size_t rows, std::size_t panels) noexcept;
}
namespace avx512 {
TileFunction find_tile(std::size_t rows, std::size_t panels) noexcept;
}

}  // namespace vivace::kernels
