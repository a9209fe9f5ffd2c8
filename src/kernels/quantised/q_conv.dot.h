// Convolution of bytes: a matrix product through pointers into copied lines.
//
// A tile of R rows and V vectors of columns, of groups of 4 bytes of k: for each, V loads of weights, R
// broadcasts of 4 bytes of x, and R V dot products, each of 4 (bytes) or 2 (words) of k for a column.
#include "kernels/common/taps.h"
#include "kernels/matrix/shares.h"
#include "kernels/quantised/copy_lines.h"
#include "kernels/quantised/dot.h"
#include "kernels/quantised/q_conv.h"
#include "kernels/quantised/q_results.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

constexpr std::size_t kGroup = 64;  // bytes of a group of a panel

struct QTile {
  const std::uint8_t* const* rows;  // taps x R pointers
  std::size_t taps, groups;         // groups of a tap
  const std::byte* weights;
  std::size_t panel_stride;  // bytes
  QResults results;
};

VIVACE_INLINE IVec load_group(const std::byte* p) {
  return simd::load_int(reinterpret_cast<const std::int32_t*>(p));
}
VIVACE_INLINE IVec splat_group(const std::uint8_t* p) {
  std::int32_t four;
  __builtin_memcpy(&four, p, sizeof(four));
  return simd::splat_int(four);
}

template <int kRows, int kPanels, class Dot>
void run(const QTile& t) {
  constexpr int kVecs = kPanels * simd::kBlock;
  const std::int32_t* const bias = t.results.bias();
  IVec sum[kRows][kVecs];
#pragma GCC unroll 8
  for (int j = 0; j < kVecs; ++j) {
    const IVec start = simd::load_int(bias + static_cast<std::size_t>(j) * simd::kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) sum[i][j] = start;
  }
  const std::byte* w = t.weights;
  const std::uint8_t* const* rows = t.rows;
  std::size_t taps = t.taps;  // at least one, of at least one group
  do {
    const std::uint8_t* x[kRows];
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) x[i] = rows[i];
    std::size_t g = 0;
    do {
      IVec weights[kVecs];
#pragma GCC unroll 8
      for (int j = 0; j < kVecs; ++j)
        weights[j] = load_group(w + static_cast<std::size_t>(j / simd::kBlock) * t.panel_stride +
                                static_cast<std::size_t>(j % simd::kBlock * simd::kLanes) * 4);
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const IVec four = splat_group(x[i] + g * 4);
#pragma GCC unroll 8
        for (int j = 0; j < kVecs; ++j) sum[i][j] = Dot::dot(sum[i][j], four, weights[j]);
      }
      w += kGroup;
    } while (++g < t.groups);
    rows += kRows;
  } while (--taps != 0);
  alignas(64) std::int32_t sums[kRows * kVecs * simd::kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < kVecs; ++j) simd::store_int(sums + (i * kVecs + j) * simd::kLanes, sum[i][j]);
  finish(t.results, QSums<kVecs, false>{sums, nullptr}, kRows);
}

using QTileFunction = void (*)(const QTile&);

template <int kRows, int kPanels, class Dot>
constexpr QTileFunction tile_or_none() {
  if constexpr (kRows <= static_cast<int>(kTileRows[simd::kLevel][kPanels - 1]))
    return run<kRows, kPanels, Dot>;
  return nullptr;
}
constexpr std::size_t kMostPanels = 4;
template <int kRows, class Dot>
struct QRow {
  static constexpr QTileFunction kWidths[kMostPanels] = {
      tile_or_none<kRows, 1, Dot>(), tile_or_none<kRows, 2, Dot>(), tile_or_none<kRows, 3, Dot>(),
      tile_or_none<kRows, 4, Dot>()};
};
template <class Dot>
constexpr const QTileFunction* kQTiles[kMaxTileRows] = {
    QRow<1, Dot>::kWidths,  QRow<2, Dot>::kWidths,  QRow<3, Dot>::kWidths,  QRow<4, Dot>::kWidths,
    QRow<5, Dot>::kWidths,  QRow<6, Dot>::kWidths,  QRow<7, Dot>::kWidths,  QRow<8, Dot>::kWidths,
    QRow<9, Dot>::kWidths,  QRow<10, Dot>::kWidths, QRow<11, Dot>::kWidths, QRow<12, Dot>::kWidths,
    QRow<13, Dot>::kWidths, QRow<14, Dot>::kWidths};

// How the taps of a place lie in the copied lines: a kernel row in one piece where there is no dilation.
struct QTaps {
  std::size_t rows, columns;          // pointers of a place: rows x columns
  std::size_t row_step, column_step;  // bytes
  std::size_t groups;                 // of a pointer
};

VIVACE_INLINE QTaps taps_of(const QConv& p, const QLines& lines) {
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const auto kernel = static_cast<std::size_t>(w.kernel);
  const bool whole = lies_in_rows(p.window);
  return {static_cast<std::size_t>(h.kernel), whole ? 1 : kernel,
          static_cast<std::size_t>(h.dilation) * lines.line_bytes(),
          static_cast<std::size_t>(w.dilation) * lines.place_bytes(),
          ceil_divide((whole ? kernel : 1) * lines.place_bytes(), 4)};
}

// The pointers of all tiles of `rows` places from `place` on, whose first line lies at `from`.
VIVACE_INLINE void fill_pointers(const QConv& p, const QLines& lines, const QTaps& taps, std::int64_t column,
                                 std::size_t rows, const std::uint8_t* from, const std::uint8_t** out) {
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const std::size_t next_line = static_cast<std::size_t>(h.stride) * lines.line_bytes();
  const std::size_t next = static_cast<std::size_t>(w.stride) * lines.place_bytes();
  if (taps.rows * taps.columns == 1 && next_line == static_cast<std::size_t>(w.output) * next) {
    from += static_cast<std::size_t>(column) * next;
    for (std::size_t r = 0; r < rows; ++r) out[r] = from + r * next;
    return;
  }
  const std::size_t tiles = ceil_divide(rows, p.tile_rows);
  const std::uint8_t* starts[kMaxTileRows];
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t height = even_share(rows, tiles, tile);
    for (std::size_t r = 0; r < height; ++r) {
      starts[r] = from + static_cast<std::size_t>(column) * next;
      if (++column == w.output) column = 0, from += next_line;
    }
    for (std::size_t a = 0; a < taps.rows; ++a)
      for (std::size_t b = 0; b < taps.columns; ++b, out += height)
        for (std::size_t r = 0; r < height; ++r)
          out[r] = starts[r] + a * taps.row_step + b * taps.column_step;
  }
}

VIVACE_INLINE void sweep_panels(const QConv& p, const QTaps& taps, const std::uint8_t* const* pointers,
                                std::size_t row, std::size_t rows) {
  const QTileFunction* const* const functions = p.words ? kQTiles<Words> : kQTiles<Bytes>;
  const std::size_t count = taps.rows * taps.columns, panel_stride = count * taps.groups * kGroup;
  const std::size_t tiles = ceil_divide(rows, p.tile_rows);
  for (std::size_t panel = p.panel_begin; panel < p.panel_end;) {
    const std::size_t width = next_width(p.panel_end - panel, p.tile_panels), column = panel * kPanel;
    QTile tile{pointers,     count,
               taps.groups,  p.weights + panel * panel_stride,
               panel_stride, results_at(p, row, column, width * kPanel)};
    for (std::size_t i = 0; i < tiles; ++i) {
      const std::size_t height = even_share(rows, tiles, i);
      functions[height - 1][width - 1](tile);
      tile.rows += height * count;
      tile.results.move(height);
    }
    panel += width;
  }
}

}  // namespace

void q_conv(const QConv& p) noexcept {
  const std::size_t channels = lies_in_rows(p.window) ? p.inputs : q_padded_channels(p.inputs, p.words);
  const QLines lines{p.window, p.inputs, channels, p.zero, p.is_signed, p.words};
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const QTaps taps = taps_of(p, lines);
  const std::size_t places = p.window.places(),
                    image_bytes = static_cast<std::size_t>(h.input * w.input) * p.inputs;
  const std::int64_t most_lines = lines.fitting_lines(kQLineBytes);
  const std::uint8_t* pointers[kMaxPointers];
  const std::size_t most_rows = kMaxPointers / (taps.rows * taps.columns);
  for (std::size_t row = p.row_begin, rows; row < p.row_end; row += rows) {
    const std::size_t image = row / places, place = row % places;
    const auto line = static_cast<std::int64_t>(place) / w.output,
               column = static_cast<std::int64_t>(place) % w.output;
    rows =
        smaller(static_cast<std::size_t>(most_lines * w.output - column), smaller(places - place, most_rows));
    rows = smaller(rows, p.row_end - row);
    const std::int64_t last = line + (column + static_cast<std::int64_t>(rows) - 1) / w.output;
    copy_lines(lines, p.x + image * image_bytes, input_place(h, line, 0), lines.met_lines(last - line + 1),
               p.workspace);
    fill_pointers(p, lines, taps, column, rows, reinterpret_cast<const std::uint8_t*>(p.workspace), pointers);
    sweep_panels(p, taps, pointers, row, rows);
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
