#include "cpu/common/tiling.h"

#include <algorithm>

#include "kernels/matrix/tile.h"

namespace vivace::cpu {
namespace {

using kernels::kPanel;

constexpr std::size_t ceil_divide(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

// Enough pieces that 16 cores end together, few enough that taking one costs nothing.
constexpr std::size_t kMostChunks = 64;
// Work below which another thread's arrival costs more than it brings: about 1.25 us on one core.
constexpr double kLeastChunkFlops = 125e3;
// What streaming a weight costs at least, in products.
constexpr double kWeightFlops = 10;
// So few pieces are an even number: two cores would wait for the odd one.
constexpr std::size_t kFewChunks = 16;

// Rows that lie a multiple of 4 KB apart fall into one set of L1, which has 8 to 12 ways.
bool rows_collide(const Product& p) { return p.row_bytes % 4096 == 0; }

// Panels wide: on AVX-512 8x48 and 6x64 are within 3 % of the best on Zen 5 and Skylake wherever they divide
// the columns; one or two panels are made up for by height. AVX2 has registers for 6x16, or 3x32 where rows
// are few.
std::size_t tile_panels(const Product& p, kernels::Isa isa) {
  const std::size_t panels = ceil_divide(p.columns, kPanel);
  if (isa == kernels::Isa::baseline) return p.rows == 1 ? 2 : 1;
  if (isa == kernels::Isa::avx2) return p.rows == 1 ? 4 : p.rows <= 3 ? 2 : 1;
  if (p.rows == 1) return 8;
  if (p.rows <= 6 || (panels % 4 == 0 && panels % 3 != 0)) return 4;
  if (p.depth * 3 * kPanel * sizeof(float) > 512 * 1024) return 2;
  return panels <= 2 ? panels : 3;
}

// What the busier of two workers gets of `total` things in chunks of `unit`: chunks are dealt out in halves.
constexpr std::size_t larger_half(std::size_t total, std::size_t unit) {
  const std::size_t chunks = ceil_divide(total, unit);
  return std::min(total, ceil_divide(chunks, 2) * unit);
}

// The size of chunks: at least `least`, and a multiple of `granularity`. Where that makes few chunks, an odd
// one or a small last one would leave a worker waiting: then the least size, at least `granularity` and a
// multiple of `whole`, whose halves are as even as any.
std::size_t even_unit(std::size_t total, std::size_t least, std::size_t granularity, std::size_t whole) {
  const std::size_t unit = ceil_divide(least, granularity) * granularity;
  if (unit >= total || ceil_divide(total, unit) >= kFewChunks) return unit;
  const auto nearly = [](std::size_t half) { return half + half / 32; };
  if (larger_half(total, unit) <= nearly(ceil_divide(total, 2))) return unit;
  const std::size_t lowest = ceil_divide(std::max(least, granularity), whole) * whole;
  std::size_t evenest = larger_half(total, unit);
  for (std::size_t other = lowest; other <= total / 2 + whole; other += whole)
    evenest = std::min(evenest, larger_half(total, other));
  if (larger_half(total, unit) <= nearly(evenest)) return unit;
  std::size_t found = lowest;
  while (larger_half(total, found) > nearly(evenest)) found += whole;
  return found;
}

}  // namespace

Tiling choose_tiling(const Product& p, const Processor& processor) {
  const auto& limits = kernels::kTileRows[static_cast<std::size_t>(processor.isa)];
  std::size_t panels =
      std::max<std::size_t>(1, std::min(tile_panels(p, processor.isa), ceil_divide(p.columns, kPanel)));
  while (limits[panels - 1] == 0) --panels;
  std::size_t rows = limits[panels - 1];
  if (rows_collide(p)) rows = std::min<std::size_t>(rows, 8);
  const std::size_t fit = processor.l2_bytes / 3 / std::max<std::size_t>(1, p.row_bytes);
  return {rows, panels, std::max(4 * rows, fit / rows * rows)};
}

Split split_evenly(std::size_t total, double flops_each, std::size_t granularity, std::size_t whole) {
  const double worth = static_cast<double>(total) * flops_each / kLeastChunkFlops;
  auto count = static_cast<std::size_t>(std::clamp(worth, 1.0, static_cast<double>(kMostChunks)));
  if (count > 1 && count < kFewChunks) count -= count % 2;
  const std::size_t least = std::max<std::size_t>(1, ceil_divide(total, count));
  const std::size_t unit = even_unit(total, least, granularity, whole);
  return {true, unit, total, static_cast<std::int64_t>(std::max<std::size_t>(1, ceil_divide(total, unit)))};
}

Split choose_split(const Product& p, std::size_t panels, const Tiling& tiling) {
  const std::size_t weight_bytes = p.depth * p.columns * sizeof(float);
  const double flops = std::max(2.0 * static_cast<double>(p.rows), kWeightFlops) *
                       static_cast<double>(p.columns) * static_cast<double>(p.depth);
  const bool by_rows = weight_bytes < p.rows * p.row_bytes && p.rows > tiling.tile_rows;
  const std::size_t total = by_rows ? p.rows : panels, tile = by_rows ? tiling.tile_rows : tiling.tile_panels;
  Split split = split_evenly(total, flops / static_cast<double>(std::max<std::size_t>(1, total)), tile,
                             tiling.rigid ? tile : 1);
  split.by_rows = by_rows;
  return split;
}

}  // namespace vivace::cpu
