// Register tiles: the innermost loops of GEMM and convolution.
//
// A tile of R rows and V vectors does R V multiply-adds on V loads of b and R broadcasts of a. R V
// accumulators must cover latency times throughput (8 to 10) and leave room for V vectors of b and one of a.
#include "kernels/matrix/tile.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Bytes ahead of use at which a panel's next lines are asked for when a tile is so low that it only waits for
// them: far enough for L3, near enough to stay in L1.
constexpr std::size_t kAhead = 1024 / sizeof(float);

template <int kRows, int kPanels>
void run(const Tile& t) noexcept {
  constexpr int kVecs = kPanels * simd::kBlock;
  Vec sum[kRows][kVecs];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < kVecs; ++j) sum[i][j] = simd::zero();

  // What is added to the sums comes from afar, and meets them only at the end.
  if (t.end.residual)
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 8
      for (int j = 0; j < kPanels; ++j)
        simd::prefetch(t.end.residual + static_cast<std::size_t>(i) * t.end.residual_stride +
                       static_cast<std::size_t>(j) * kPanel);

  const float* b = t.b;
  const float* ahead = t.ahead ? t.ahead : t.b;
  const float* const* rows = t.rows;
  for (std::size_t tap = 0; tap < t.taps; ++tap, rows += kRows) {
    if (t.tap_offsets) b = t.b + t.tap_offsets[tap];
    const float* a[kRows];
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) a[i] = rows[i];
    for (std::size_t k = 0; k < t.k; ++k, b += kPanel) {
      Vec w[kVecs];
#pragma GCC unroll 8
      for (int j = 0; j < kVecs; ++j)
        w[j] = simd::load(b + static_cast<std::size_t>(j / simd::kBlock) * t.panel_stride +
                          j % simd::kBlock * simd::kLanes);
      if constexpr (kRows <= 2) {
#pragma GCC unroll 8
        for (int j = 0; j < kPanels; ++j)
          simd::prefetch(b + static_cast<std::size_t>(j) * t.panel_stride + kAhead);
      } else {
        simd::prefetch_l2(ahead);
        simd::prefetch_l2(ahead + kPanel);
        ahead += t.ahead_step;
      }
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        const Vec x = simd::splat(a[i][k]);
#pragma GCC unroll 8
        for (int j = 0; j < kVecs; ++j) sum[i][j] = simd::fma(x, w[j], sum[i][j]);
      }
    }
  }

  if (t.end.function == Function::clamp && !t.end.residual_last) {
    const float* const residual = t.end.residual;
    const Vec low = simd::splat(t.end.a), high = simd::splat(t.end.b);
#pragma GCC unroll 8
    for (int j = 0; j < kVecs; ++j) {
      const std::size_t first = static_cast<std::size_t>(j) * simd::kLanes;
      if (first >= t.columns) return;
      const std::size_t n = t.columns - first < simd::kLanes ? t.columns - first : simd::kLanes;
      const Vec bias = t.end.bias ? simd::load_n(t.end.bias + first, n) : simd::zero();
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        float* const c = t.c + static_cast<std::size_t>(i) * t.c_stride + first;
        Vec v = simd::add(sum[i][j], bias);
        if (residual)
          v = simd::add(
              v, simd::load_n(residual + static_cast<std::size_t>(i) * t.end.residual_stride + first, n));
        v = simd::min(high, simd::max(low, v));
        n == simd::kLanes ? simd::store(c, v) : simd::store_n(c, v, n);
      }
    }
    return;
  }
  alignas(64) float sums[kRows][kPanels * kPanel];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 8
    for (int j = 0; j < kVecs; ++j) simd::store(sums[i] + j * simd::kLanes, sum[i][j]);
  finish({sums[0], kPanels * kPanel, t.c, t.c_stride, kRows, t.columns, t.end});
}

template <int kRows, int kPanels>
constexpr TileFunction tile_or_none() {
  if constexpr (kRows <= static_cast<int>(kTileRows[simd::kLevel][kPanels - 1])) return run<kRows, kPanels>;
  return nullptr;
}

template <int kRows>
struct Row {
  static constexpr TileFunction kWidths[kTileWidths] = {
      tile_or_none<kRows, 1>(), tile_or_none<kRows, 2>(), tile_or_none<kRows, 3>(), tile_or_none<kRows, 4>(),
      tile_or_none<kRows, 5>(), tile_or_none<kRows, 6>(), tile_or_none<kRows, 7>(), tile_or_none<kRows, 8>()};
};

constexpr const TileFunction* kTiles[kMaxTileRows] = {
    Row<1>::kWidths,  Row<2>::kWidths,  Row<3>::kWidths,  Row<4>::kWidths, Row<5>::kWidths,
    Row<6>::kWidths,  Row<7>::kWidths,  Row<8>::kWidths,  Row<9>::kWidths, Row<10>::kWidths,
    Row<11>::kWidths, Row<12>::kWidths, Row<13>::kWidths, Row<14>::kWidths};

}  // namespace

TileFunction find_tile(std::size_t rows, std::size_t panels) noexcept { return kTiles[rows - 1][panels - 1]; }

}  // namespace vivace::kernels::VIVACE_ISA
