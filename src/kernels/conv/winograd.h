// Winograd's convolution F(4x4, 3x3): a quarter of the multiplications, at ten times the rounding error.
#pragma once

#include "kernels/common/window.h"
#include "kernels/matrix/tile.h"

namespace vivace::kernels {

/// Products of one tile: 6 x 6 transformed places give 4 x 4 outputs.
inline constexpr std::size_t kWinogradPlaces = 36;

/// Output lines, and columns, of a tile.
inline constexpr std::int64_t kWinogradTile = 4;

/// A convolution with a 3x3 window of stride 1 without dilation, one group. Tiles of 4 x 4 output places are
/// counted in memory's order over images; those at the far edges may stick out. Results have the same bits
/// for every split into tiles. c must not overlap x or the residual.
struct Winograd {
  const float* x;
  std::size_t x_stride;
  const float* weights;  // pack_winograd43
  const float* zeros;    // at least `inputs` of them
  float* c;
  std::size_t c_stride;
  Window window;
  std::size_t inputs, outputs;
  std::size_t tile_begin, tile_end;    // images * winograd_tiles(window) in all
  std::size_t panel_begin, panel_end;  // of outputs
  std::size_t block_tiles;             // at once, in the workspace
  std::size_t tile_rows, tile_panels;  // of the products, as Gemm
  float* workspace;                    // winograd_workspace floats
  End end;
};

VIVACE_KERNEL(winograd, Winograd);

inline std::size_t winograd_tiles(const Window& window) {
  return static_cast<std::size_t>(((window.height.output + 3) / 4) * ((window.width.output + 3) / 4));
}

/// Floats from one place of a block of tiles to the next: an odd number of cache lines, as the 36 places that
/// a transformation touches together would otherwise fall into few sets of L1.
inline std::size_t winograd_place_step(std::size_t block_tiles, std::size_t channels) {
  return ((block_tiles * channels + kPanel - 1) / kPanel | 1) * kPanel;
}

inline std::size_t winograd_workspace(std::size_t block_tiles, std::size_t inputs, std::size_t outputs) {
  const std::size_t padded = (outputs + kPanel - 1) / kPanel * kPanel;
  return kWinogradPlaces *
         (winograd_place_step(block_tiles, inputs) + winograd_place_step(block_tiles, padded));
}

/// The transformed weights of [3, 3, inputs, outputs]: for each of 36 places, panels of [inputs, outputs].
void pack_winograd43(const float* weights, std::size_t inputs, std::size_t outputs, float* panels) noexcept;

}  // namespace vivace::kernels
