// Small images whose channels are few: lines copied together with their padding, so that no place lies at a
// border and the pointers of a place are its start and a multiple of the line. Included by kernel bodies
// only.
#pragma once

#include "kernels/conv/row_pointers.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// Output width up to which a copy pays: of wider lines, few places lie at the border.
constexpr Index kMostPaddedWidth = 32;

// Floats of one line from the first place's first tap to the last place's last.
VIVACE_INLINE std::size_t padded_line(const Conv& p) {
  const WindowAxis& w = p.window.width;
  return static_cast<std::size_t>((w.output - 1) * w.stride + w.kernel) * p.group_inputs;
}

// Lines of the input that so many lines of the output meet.
VIVACE_INLINE Index met_lines(const WindowAxis& h, Index lines) {
  return (lines - 1) * h.stride + (h.kernel - 1) * h.dilation + 1;
}

// Places whose padded lines fit kBorderFloats, wherever on a line they begin; 0 where copying does not pay.
VIVACE_INLINE std::size_t padded_rows(const Conv& p, const Plan& plan) {
  const auto& [d, h, w] = p.window;
  if (!plan.merged || w.output > kMostPaddedWidth || d.input != 1 || d.output != 1 || d.kernel != 1) return 0;
  const auto fit = static_cast<Index>((kBorderFloats - simd::kLanes) / padded_line(p));
  const Index over = fit - met_lines(h, 2);
  return over < 0 ? 0 : static_cast<std::size_t>((over / h.stride + 1) * w.output);
}

// Lines from `top` on, of which some may lie above or below the image.
VIVACE_INLINE void copy_lines(const Conv& p, Index image, Index top, Index lines, float* copy) {
  const auto& [d, h, w] = p.window;
  const auto inputs = static_cast<Index>(p.group_inputs), line = static_cast<Index>(padded_line(p));
  const Index left = w.before * inputs, room = line - left;
  const Index count = w.input * inputs < room ? w.input * inputs : room;
  for (Index j = 0; j < lines * line; j += simd::kLanes) simd::store(copy + j, simd::zero());
  for (Index i = 0; i < lines; ++i) {
    if (!is_inside(h, top + i)) continue;
    const float* const from = p.x + (image * h.input + top + i) * w.input * inputs;
    for (Index j = 0; j < count; j += simd::kLanes) {
      const std::size_t n = smaller(simd::kLanes, static_cast<std::size_t>(count - j));
      simd::store_n(copy + i * line + left + j, simd::load_n(from + j, n), n);
    }
  }
}

// The pointers of all tiles of a block from `place` on. Requires that it lies in one image.
VIVACE_INLINE void fill_padded(const Conv& p, const Plan& plan, const Place& place, std::size_t rows,
                               float* copy, const float** out) {
  const auto& [d, h, w] = p.window;
  const Index last = place.height + (place.width + static_cast<Index>(rows) - 1) / w.output;
  copy_lines(p, place.image, input_place(h, place.height, 0), met_lines(h, last - place.height + 1), copy);
  const std::size_t line = padded_line(p), tap = static_cast<std::size_t>(h.dilation) * line;
  const std::size_t next_line = static_cast<std::size_t>(h.stride) * line,
                    next = static_cast<std::size_t>(w.stride) * p.group_inputs;
  const std::size_t tiles = ceil_divide(rows, p.tile_rows);
  const float* starts[kMaxTileRows];
  Index column = place.width;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t height = even_share(rows, tiles, tile);
    for (std::size_t r = 0; r < height; ++r) {
      starts[r] = copy + static_cast<std::size_t>(column) * next;
      if (++column == w.output) column = 0, copy += next_line;
    }
    for (std::size_t t = 0; t < plan.taps; ++t, out += height)
      for (std::size_t r = 0; r < height; ++r) out[r] = starts[r] + t * tap;
  }
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
