// Convolution by row pointers: an indirect matrix product, without columns in memory.
#include "kernels/conv/row_pointers.h"
#include "kernels/matrix/sweep.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

void convolve_block(const Conv& p, const Plan& plan, std::size_t row, std::size_t rows, std::size_t group,
                    const Block& columns) {
  const float* pointers[kMaxPointers];
  float border[kBorderFloats];
  Filler filler{p, plan, p.x + group * p.group_inputs, border};
  Place place = place_at(p.window, row);
  const std::size_t tiles = ceil_divide(rows, p.tile_rows);
  const float** next = pointers;
  for (std::size_t i = 0; i < tiles; ++i) {
    const std::size_t height = even_share(rows, tiles, i);
    fill_tile(filler, place, height, next);
    next += height * plan.taps;
  }

  const std::size_t k = p.window.taps() * p.group_inputs, column = group * p.group_outputs;
  const float* b = p.weights + group * ceil_divide(p.group_outputs, kPanel) * kPanel * k;
  Tile tile{nullptr,    plan.taps, plan.run, b, k * kPanel, p.c + row * p.c_stride + column,
            p.c_stride, 0,         p.end};
  if (tile.end.bias) tile.end.bias += column;
  if (tile.end.residual) tile.end.residual += row * tile.end.residual_stride + column;
  Block block = columns;
  block.pointers = pointers;
  block.rows = rows;
  sweep(block, tile);
}

}  // namespace

void conv(const Conv& p) noexcept {
  if (p.panel_begin >= p.panel_end) return;  // no outputs: nothing to divide by
  const Plan plan = plan_of(p);
  const std::size_t block_rows = rows_of_block(p, plan), panels = ceil_divide(p.group_outputs, kPanel);
  for (std::size_t row = p.row_begin; row < p.row_end; row += block_rows) {
    const std::size_t rows = smaller(block_rows, p.row_end - row);
    for (std::size_t group = p.panel_begin / panels; group * panels < p.panel_end; ++group) {
      const std::size_t first = group * panels;
      const std::size_t begin = p.panel_begin > first ? p.panel_begin - first : 0;
      const std::size_t end = smaller(panels, p.panel_end - first);
      convolve_block(p, plan, row, rows, group,
                     {nullptr, 0, p.tile_rows, begin, end, p.tile_panels, p.group_outputs});
    }
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
