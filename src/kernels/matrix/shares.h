// How rows and panels are dealt out to tiles. Included by kernel bodies only.
#pragma once

#include "kernels/matrix/tile.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

/// Row pointers that one block may hold on the stack (32 KB).
constexpr std::size_t kMaxPointers = 4096;

VIVACE_INLINE std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }
VIVACE_INLINE std::size_t ceil_divide(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

/// Rows of tile i when `rows` are dealt out evenly to `tiles`: no tile is much lower than the others, where a
/// rest of one or two rows would wait for every load.
VIVACE_INLINE std::size_t even_share(std::size_t rows, std::size_t tiles, std::size_t i) {
  return rows / tiles + (i < rows % tiles ? 1 : 0);
}

/// Panels of the next group: as wide as wished for, but 4 left over with width 3 become 2 + 2, and only
/// widths that have tiles.
VIVACE_INLINE std::size_t next_width(std::size_t left, std::size_t width) {
  if (left <= width)
    width = left;
  else if (left < 2 * width)
    width = (left + 1) / 2;
  while (kTileRows[simd::kLevel][width - 1] == 0) --width;
  return width;
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
