// Convolution of bytes with AMX's tile registers.
#pragma once

#include "kernels/quantised/q_conv.h"

namespace vivace::kernels {

/// q_conv for `bytes`, whose weights' taps are filled up with zeros to whole steps of 64 bytes of k. Tile
/// rows and panels are the kernel's own. The thread must be allowed the tile registers
/// (machine::allow_tiles()).
VIVACE_TILE_KERNEL(q_conv_tiles, QConv);

/// A window of one place without padding steps over others, which are left out of the copied lines: the
/// window that is left then, or `window` itself.
constexpr Window without_steps(const Window& window) {
  Window next = window;
  for (const WindowAxis* const axis : {&window.height, &window.width})
    if (axis->kernel != 1 || axis->before != 0) return window;
  next.height = {window.height.output, window.height.output};
  next.width = {window.width.output, window.width.output};
  return next;
}

/// Bytes of k of a tap.
constexpr std::size_t q_tile_depth(std::size_t inputs) { return (inputs + 63) / 64 * 64; }
/// Workspace that a call needs.
std::size_t q_conv_tiles_workspace(const Window& window, std::size_t inputs);

}  // namespace vivace::kernels
