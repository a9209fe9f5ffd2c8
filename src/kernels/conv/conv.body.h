// Convolution by row pointers: an indirect matrix product, without columns in memory.
#include "kernels/conv/padded_lines.h"
#include "kernels/matrix/sweep.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

void fill_block(const Conv& p, const Plan& plan, std::size_t row, std::size_t rows, std::size_t group,
                float* border, const float** pointers) {
  Filler filler{p, plan, p.x + group * p.group_inputs, border};
  Place place = place_at(p.window, row);
  const std::size_t tiles = ceil_divide(rows, p.tile_rows);
  for (std::size_t i = 0; i < tiles; ++i) {
    const std::size_t height = even_share(rows, tiles, i);
    fill_tile(filler, place, height, pointers);
    pointers += height * plan.taps;
  }
}

void convolve_block(const Conv& p, const Plan& plan, bool padded, std::size_t row, std::size_t rows,
                    std::size_t group, const Block& columns) {
  const float* pointers[kMaxPointers];
  float border[kBorderFloats];
  if (padded)
    fill_padded(p, plan, place_at(p.window, row), rows, border, pointers);
  else
    fill_block(p, plan, row, rows, group, border, pointers);

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
  if (p.panel_begin >= p.panel_end || p.row_begin >= p.row_end) return;  // nothing to divide by
  const Plan plan = plan_of(p);
  const std::size_t padded = padded_rows(p, plan), places = p.window.places();
  const std::size_t block_rows = padded ? smaller(padded, kMaxPointers / plan.taps) : rows_of_block(p, plan);
  const std::size_t panels = ceil_divide(p.group_outputs, kPanel);
  for (std::size_t row = p.row_begin, rows; row < p.row_end; row += rows) {
    rows = smaller(block_rows, p.row_end - row);
    if (padded) rows = smaller(rows, places - row % places);
    for (std::size_t group = p.panel_begin / panels; group * panels < p.panel_end; ++group) {
      const std::size_t first = group * panels;
      const std::size_t begin = p.panel_begin > first ? p.panel_begin - first : 0;
      const std::size_t end = smaller(panels, p.panel_end - first);
      convolve_block(p, plan, padded > 0, row, rows, group,
                     {nullptr, 0, p.tile_rows, begin, end, p.tile_panels, p.group_outputs});
    }
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
