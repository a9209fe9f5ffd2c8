// Transposed convolution: for each line and phase of the output, a matrix product through row pointers.
#include "kernels/common/taps.h"
#include "kernels/conv/conv_transpose.h"
#include "kernels/matrix/sweep.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// Whether `tap` meets an input place at output place `place`, and which (it may lie outside).
VIVACE_INLINE bool meets(const WindowAxis& axis, Index place, Index tap, Index& input) {
  const Index distance = place + axis.before - tap * axis.dilation;
  if (distance % axis.stride != 0) return false;
  input = distance / axis.stride;
  return true;
}

// Weights that stay in L2 while phase after phase meets them: a phase of one line has few rows.
constexpr std::size_t kNearBytes = 512 << 10;

struct Panels {
  std::size_t begin, end;
};

// The weights of one phase: the taps that meet it, in ascending order.
struct PhaseTaps {
  std::size_t count = 0;
  std::size_t offsets[kMaxPointers];  // of their weights within a panel
  Index width_shift[kMaxPointers];    // input place of the line's m-th output of this phase is m + shift
  const float* line[kMaxPointers];    // the line of x that is met; null outside
};

// `first` is the first place of the phase on its line.
void find_taps(const ConvTranspose& p, const Place& place, Index first, PhaseTaps& taps) {
  const auto& [d, h, w] = p.window;
  Index tap = 0, i = 0, j = 0, k = 0;
  for (Index a = 0; a < d.kernel; ++a)
    for (Index b = 0; b < h.kernel; ++b) {
      const bool met = meets(d, place.depth, a, i) && meets(h, place.height, b, j);
      for (Index c = 0; c < w.kernel; ++c, ++tap) {
        if (!met || !meets(w, first, c, k)) continue;
        const bool outside = i < 0 || i >= d.output || j < 0 || j >= h.output;
        const Index line = ((place.image * d.output + i) * h.output + j) * w.output;
        taps.offsets[taps.count] = static_cast<std::size_t>(tap) * p.inputs * kPanel;
        taps.width_shift[taps.count] = k;
        taps.line[taps.count++] = outside ? nullptr : p.x + line * static_cast<Index>(p.x_stride);
      }
    }
}

// Output places first + stride * (begin .. begin + rows) of a line.
void run_block(const ConvTranspose& p, const PhaseTaps& taps, std::size_t place, std::size_t begin,
               std::size_t rows, Panels panels) {
  const float* pointers[kMaxPointers];
  const std::size_t tiles = ceil_divide(rows, p.tile_rows);
  const auto step = static_cast<std::size_t>(p.window.width.stride);
  const float** next = pointers;
  Index m = static_cast<Index>(begin);
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t height = even_share(rows, tiles, tile);
    for (std::size_t t = 0; t < taps.count; ++t)
      for (std::size_t r = 0; r < height; ++r) {
        const Index i = m + static_cast<Index>(r) + taps.width_shift[t];
        const bool inside = taps.line[t] && i >= 0 && i < p.window.width.output;
        *next++ = inside ? taps.line[t] + i * static_cast<Index>(p.x_stride) : p.zeros;
      }
    m += static_cast<Index>(height);
  }
  Tile tile{nullptr,
            taps.count,
            p.inputs,
            p.weights,
            p.window.taps() * p.inputs * kPanel,
            p.c + (place + begin * step) * p.c_stride,
            step * p.c_stride,
            0,
            p.end,
            taps.offsets};
  if (tile.end.residual) {
    tile.end.residual += (place + begin * step) * tile.end.residual_stride;
    tile.end.residual_stride *= step;
  }
  sweep({pointers, rows, p.tile_rows, panels.begin, panels.end, p.tile_panels, p.outputs}, tile);
}

void run_phase(const ConvTranspose& p, std::size_t number, Panels panels) {
  const auto& [d, h, w] = p.window;
  const auto stride = static_cast<std::size_t>(w.stride), line = number / stride;
  const auto first = static_cast<Index>(number % stride);
  if (first >= w.input) return;
  const Index plane = static_cast<Index>(line) / h.input;
  const Place place{plane / d.input, plane % d.input, static_cast<Index>(line) % h.input, first};
  PhaseTaps taps;
  find_taps(p, place, first, taps);
  const std::size_t rows = static_cast<std::size_t>((w.input - 1 - first) / w.stride) + 1;
  const std::size_t most = taps.count == 0 ? rows : smaller(rows, kMaxPointers / taps.count);
  for (std::size_t begin = 0; begin < rows; begin += most)
    run_block(p, taps, line * static_cast<std::size_t>(w.input) + number % stride, begin,
              smaller(most, rows - begin), panels);
}

}  // namespace

void conv_transpose(const ConvTranspose& p) noexcept {
  const std::size_t panels = ceil_divide(p.outputs, kPanel);
  const std::size_t panel_bytes = p.window.taps() * p.inputs * kPanel * sizeof(float);
  const std::size_t fit = kNearBytes / (panel_bytes == 0 ? 1 : panel_bytes);
  const std::size_t group = fit < p.tile_panels ? p.tile_panels : fit / p.tile_panels * p.tile_panels;
  for (std::size_t panel = 0; panel < panels; panel += group)
    for (std::size_t phase = p.phase_begin; phase < p.phase_end; ++phase)
      run_phase(p, phase, {panel, smaller(panels, panel + group)});
}

}  // namespace vivace::kernels::VIVACE_ISA
