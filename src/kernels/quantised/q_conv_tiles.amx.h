// Convolution of bytes with AMX: a matrix product whose rows are the places of a line, or of lines that lie
// one after another, of copied lines.
//
// A block of 2 x 2 tiles of sums, 16 rows of 16 columns each, for every 64 bytes of k:
//            b6  b7     weights: 16 groups of 4 bytes of k, of 16 columns
//   x  a4    c0  c1     16 places, 64 bytes of k each
//      a5    c2  c3     two loads for each two products
#include "kernels/common/taps.h"
#include "kernels/quantised/copy_lines.h"
#include "kernels/quantised/q_conv_tiles.h"
#include "kernels/quantised/q_results.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

constexpr std::size_t kTileRows16 = 16, kTileBytes = 64, kTile = kTileRows16 * kTileBytes;

// Places that lie at equal distances: `count` from `from` on, of which those of each `period` whose number is
// below `width` are output places. `readable` places may be read, sixteen at least, those before `from` too.
struct Strip {
  const std::uint8_t* from;
  std::size_t count, period, width, skip;  // skip: those of the first period that are not asked for
  bool again = false;                      // the same panels are met by other strips
  std::size_t readable = kAll;

  static constexpr std::size_t kAll = SIZE_MAX / 2;
};

// The taps of a place, and how far apart places are.
struct TilesOf {
  std::size_t rows, columns, row_step, column_step;  // taps, bytes between them
  std::size_t steps;                                 // of 64 bytes of a tap
  std::size_t next;                                  // bytes from a place to the next
};

// The weights of the next panels, fetched to L2 bit by bit while these are at work: `lines` in each step.
struct Ahead {
  const std::byte* at;
  std::size_t lines;

  [[gnu::always_inline]] void fetch() {
    for (std::size_t i = 0; i < lines; ++i, at += 64) simd::prefetch_l2(at);
  }
};

// A block's operands.
struct Block {
  const std::uint8_t* x;
  const std::byte* weights;
  std::size_t panel_bytes;
};

template <bool kSigned, int kHigh, int kWide>
VIVACE_INLINE void add_products(const TilesOf& t, const Block& block, Ahead& ahead) {
  const std::byte* w = block.weights;
  for (std::size_t a = 0; a < t.rows; ++a)
    for (std::size_t b = 0; b < t.columns; ++b) {
      const std::uint8_t* at = block.x + a * t.row_step + b * t.column_step;
      for (std::size_t s = 0; s < t.steps; ++s, at += kTileBytes, w += kTile) {
        simd::load_tile<6>(w, kTileBytes);
        if constexpr (kWide > 1) simd::load_tile<7>(w + block.panel_bytes, kTileBytes);
        simd::load_tile<4>(at, t.next);
        if constexpr (kHigh > 1) simd::load_tile<5>(at + kTileRows16 * t.next, t.next);
        simd::tile_dot_bytes<kSigned, 0, 4, 6>();
        if constexpr (kWide > 1) simd::tile_dot_bytes<kSigned, 1, 4, 7>();
        if constexpr (kHigh > 1) simd::tile_dot_bytes<kSigned, 2, 5, 6>();
        if constexpr (kHigh > 1 && kWide > 1) simd::tile_dot_bytes<kSigned, 3, 5, 7>();
        ahead.fetch();
      }
    }
}

// The sums of a block, without their bias, to `sums`, rows of kWide panels.
template <bool kSigned, int kHigh, int kWide>
VIVACE_INLINE void sum_block(const TilesOf& t, const Block& block, std::int32_t* sums, Ahead& ahead) {
  constexpr std::size_t kRow = kWide * kTileBytes;
  simd::clear_tile<0>();
  if constexpr (kWide > 1) simd::clear_tile<1>();
  if constexpr (kHigh > 1) simd::clear_tile<2>();
  if constexpr (kHigh > 1 && kWide > 1) simd::clear_tile<3>();
  add_products<kSigned, kHigh, kWide>(t, block, ahead);
  auto* const to = reinterpret_cast<std::byte*>(sums);
  simd::store_tile<0>(to, kRow);
  if constexpr (kWide > 1) simd::store_tile<1>(to + kTileBytes, kRow);
  if constexpr (kHigh > 1) simd::store_tile<2>(to + kTileRows16 * kRow, kRow);
  if constexpr (kHigh > 1 && kWide > 1) simd::store_tile<3>(to + kTileRows16 * kRow + kTileBytes, kRow);
}

// The results of `count` places, from `column` of the period on; a few at a time, since all that end together
// do so again where one of them is unclear.
template <int kWide>
VIVACE_INLINE void end_places(const Strip& strip, const std::int32_t* sums, std::size_t count,
                              std::size_t& column, QResults& results) {
  constexpr std::size_t kSome = 16 / kWide;
  for (std::size_t rows; count != 0; count -= rows, sums += rows * kWide * kPanel) {
    const bool real = column < strip.width;
    rows = smaller(smaller(count, kSome), (real ? strip.width : strip.period) - column);
    if (real) {
      finish(results, QSums<kWide, true>{sums, results.bias()}, rows);
      results.move(rows);
    }
    column = column + rows == strip.period ? 0 : column + rows;
  }
}

// A strip of places for one or two panels, whose results begin at `results`.
template <bool kSigned, int kWide>
void run_strip(const TilesOf& t, const Strip& strip, const std::byte* w, std::size_t panel_bytes,
               QResults results) {
  constexpr std::size_t kMost = 2 * kTileRows16;
  alignas(64) std::int32_t sums[kMost * kWide * kPanel];
  const std::size_t blocks = ceil_divide(strip.count - strip.skip, kMost);
  Ahead ahead{w + kWide * panel_bytes, strip.again ? 0 : ceil_divide(kWide * kTile / 64, blocks)};
  std::size_t column = strip.skip;
  for (std::size_t i = strip.skip, n; i < strip.count; i += n) {
    n = smaller(kMost, strip.count - i);
    if (n > kTileRows16 && i + kMost > strip.readable) n = kTileRows16;
    // Places that are read again.
    const std::size_t again =
        n <= kTileRows16 && i + kTileRows16 > strip.readable ? i + kTileRows16 - strip.readable : 0;
    const Block block{strip.from + i * t.next - again * t.next, w, panel_bytes};
    n > kTileRows16 ? sum_block<kSigned, 2, kWide>(t, block, sums, ahead)
                    : sum_block<kSigned, 1, kWide>(t, block, sums, ahead);
    end_places<kWide>(strip, sums + again * kWide * kPanel, n, column, results);
  }
}

VIVACE_INLINE void run_panels(const QConv& p, const TilesOf& t, const Strip& strip, std::size_t row) {
  const std::size_t panel_bytes = t.rows * t.columns * t.steps * kTile;
  for (std::size_t panel = p.panel_begin, wide; panel < p.panel_end; panel += wide) {
    wide = smaller(2, p.panel_end - panel);
    const std::byte* const w = p.weights + panel * panel_bytes;
    const QResults results = results_at(p, row, panel * kPanel, wide * kPanel);
    if (p.is_signed)
      wide == 2 ? run_strip<true, 2>(t, strip, w, panel_bytes, results)
                : run_strip<true, 1>(t, strip, w, panel_bytes, results);
    else
      wide == 2 ? run_strip<false, 2>(t, strip, w, panel_bytes, results)
                : run_strip<false, 1>(t, strip, w, panel_bytes, results);
  }
}

VIVACE_INLINE TilesOf tiles_of(const QConv& p, const QLines& lines) {
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const auto kernel = static_cast<std::size_t>(w.kernel);
  const bool whole = lies_in_rows(p.window);
  return {static_cast<std::size_t>(h.kernel),
          whole ? 1 : kernel,
          static_cast<std::size_t>(h.dilation) * lines.line_bytes(),
          static_cast<std::size_t>(w.dilation) * lines.place_bytes(),
          ceil_divide((whole ? kernel : 1) * lines.place_bytes(), kTileBytes),
          static_cast<std::size_t>(w.stride) * lines.place_bytes()};
}

// `rows` places from `column` of the first copied line on.
VIVACE_INLINE void run_lines(const QConv& p, const QLines& lines, const TilesOf& t, std::size_t row,
                             std::size_t column, std::size_t rows) {
  const auto* const from = reinterpret_cast<const std::uint8_t*>(p.workspace);
  const auto width = static_cast<std::size_t>(p.window.width.output);
  if (p.window.width.stride == 1 && p.window.height.stride == 1) {
    const std::size_t period = lines.line_bytes() / lines.place_bytes(), last = column + rows - 1;
    if (period == width)
      return run_panels(p, t, {from + column * t.next, rows, Strip::kAll, Strip::kAll, 0}, row);
    return run_panels(p, t, {from, last / width * period + last % width + 1, period, width, column}, row);
  }
  const std::size_t next_line = static_cast<std::size_t>(p.window.height.stride) * lines.line_bytes();
  for (std::size_t line = 0; rows != 0; ++line, column = 0) {
    const std::size_t n = smaller(rows, width - column);
    run_panels(p, t, {from + line * next_line, column + n, width, width, column, true}, row);
    row += n;
    rows -= n;
  }
}

// `count` lines of output places' input, one place after another.
VIVACE_INLINE void copy_steps(const QConv& p, const std::uint8_t* image, std::int64_t first,
                              std::int64_t count) {
  const WindowAxis &h = p.window.height, &w = p.window.width;
  auto* to = reinterpret_cast<std::uint8_t*>(p.workspace);
  for (std::int64_t i = first; i < first + count; ++i)
    for (std::int64_t j = 0; j < w.output; ++j, to += p.inputs)
      __builtin_memcpy(to, image + static_cast<std::size_t>(i * h.stride * w.input + j * w.stride) * p.inputs,
                       p.inputs);
}

// Whether places lie as they are needed.
VIVACE_INLINE bool lies_ready(const QConv& p) {
  for (const WindowAxis* const axis : {&p.window.height, &p.window.width})
    if (axis->kernel != 1 || axis->stride != 1 || axis->before != 0) return false;
  return p.rows >= kTileRows16;
}

// Places of x itself, as many at a time as are copied of others; gives the first of those that must be
// copied, whose last step of k would go beyond x.
VIVACE_INLINE std::size_t run_places(const QConv& p) {
  constexpr std::size_t kRows = 2 * kTileRows16;
  const bool whole = p.inputs % kTileBytes == 0;
  const std::size_t beyond = ceil_divide(kTileBytes, p.inputs);
  const std::size_t most = whole             ? p.rows
                           : p.rows < beyond ? 0
                                             : (p.rows - beyond) / kTileRows16 * kTileRows16;
  const std::size_t end = smaller(p.row_end, most);
  const std::size_t fit = kQLineBytes / p.inputs;
  const TilesOf t{1, 1, 0, 0, ceil_divide(p.inputs, kTileBytes), p.inputs};
  std::size_t row = p.row_begin;
  for (std::size_t rows; row < end; row += rows) {
    rows = smaller(fit < kRows ? kRows : fit / kRows * kRows, end - row);
    run_panels(p, t, {p.x + row * p.inputs, rows, Strip::kAll, Strip::kAll, 0, false, most - row}, row);
  }
  return row;
}

}  // namespace

void q_conv_tiles(const QConv& given) noexcept {
  QConv p = given;
  p.window = without_steps(given.window);
  const bool steps = p.window.width.stride != given.window.width.stride ||
                     p.window.height.stride != given.window.height.stride;
  const std::size_t channels = lies_in_rows(p.window) ? p.inputs : q_padded_channels(p.inputs, false);
  const QLines lines{p.window, p.inputs, channels, p.zero, false, false};
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const TilesOf tiles = tiles_of(p, lines);
  const std::size_t places = p.window.places(),
                    image_bytes =
                        static_cast<std::size_t>(given.window.height.input * given.window.width.input) *
                        p.inputs;
  const std::int64_t most_lines = lines.fitting_lines(kQLineBytes);
  const simd::Tiles in_use;
  if (!steps && lies_ready(p)) p.row_begin = run_places(p);
  for (std::size_t row = p.row_begin, rows; row < p.row_end; row += rows) {
    const std::size_t image = row / places, place = row % places;
    const auto line = static_cast<std::int64_t>(place) / w.output,
               column = static_cast<std::int64_t>(place) % w.output;
    rows = smaller(static_cast<std::size_t>(most_lines * w.output - column), places - place);
    rows = smaller(rows, p.row_end - row);
    const std::int64_t last = line + (column + static_cast<std::int64_t>(rows) - 1) / w.output;
    const std::uint8_t* const x = p.x + image * image_bytes;
    if (steps)
      copy_steps(given, x, line, last - line + 1);
    else
      copy_lines(lines, x, input_place(h, line, 0), lines.met_lines(last - line + 1), p.workspace);
    run_lines(p, lines, tiles, row, static_cast<std::size_t>(column), rows);
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
