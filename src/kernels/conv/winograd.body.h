// Winograd's convolution F(4x4, 3x3), block of tiles by block of tiles: transform the input, multiply place
// by place, transform back. The interpolation points are 0, +-a, +-b and infinity with a = 5/8, b = 3/2:
// against the customary +-1, +-2 they more than halve the rounding error (rms 0.44x, largest 0.2x in float32
// with 128 channels), and every constant below is exact in binary.
#include "kernels/common/taps.h"
#include "kernels/conv/winograd.h"
#include "kernels/matrix/sweep.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

constexpr std::size_t kMaxBlockTiles = 128;

constexpr float kA = 0.625f, kB = 1.5f;
constexpr float kA2 = kA * kA, kB2 = kB * kB, kA3 = kA2 * kA, kB3 = kB2 * kB;

// B^T d of six numbers, `step` apart in memory.
VIVACE_INLINE void transform_input(Vec* d, int step) {
  const Vec a2 = simd::splat(kA2), b2 = simd::splat(kB2), product = simd::splat(kA2 * kB2),
            sum = simd::splat(kA2 + kB2);
  const Vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  const Vec even_a = simd::fnma(b2, d2, d4), odd_a = simd::mul(simd::splat(kA), simd::fnma(b2, d1, d3));
  const Vec even_b = simd::fnma(a2, d2, d4), odd_b = simd::mul(simd::splat(kB), simd::fnma(a2, d1, d3));
  d[0] = simd::fma(product, d0, simd::fnma(sum, d2, d4));
  d[step] = simd::add(even_a, odd_a);
  d[2 * step] = simd::sub(even_a, odd_a);
  d[3 * step] = simd::add(even_b, odd_b);
  d[4 * step] = simd::sub(even_b, odd_b);
  d[5 * step] = simd::fma(product, d1, simd::fnma(sum, d3, d5));
}

// A^T m: six numbers become four.
VIVACE_INLINE void transform_output(Vec* m, int step) {
  const Vec sum_a = simd::add(m[step], m[2 * step]), difference_a = simd::sub(m[step], m[2 * step]);
  const Vec sum_b = simd::add(m[3 * step], m[4 * step]), difference_b = simd::sub(m[3 * step], m[4 * step]);
  const Vec last = m[5 * step];
  m[0] = simd::add(simd::add(m[0], sum_a), sum_b);
  m[step] = simd::fma(simd::splat(kB), difference_b, simd::mul(simd::splat(kA), difference_a));
  m[2 * step] = simd::fma(simd::splat(kB2), sum_b, simd::mul(simd::splat(kA2), sum_a));
  m[3 * step] = simd::fma(simd::splat(kB3), difference_b, simd::fma(simd::splat(kA3), difference_a, last));
}

// The first output place of a tile.
VIVACE_INLINE Place tile_place(const Window& w, std::size_t tile) {
  const Index columns = (w.width.output + 3) / 4, rows = (w.height.output + 3) / 4;
  const auto i = static_cast<Index>(tile);
  return {i / columns / rows, 0, i / columns % rows * 4, i % columns * 4};
}

// v[place][tile][channel] = B^T d B; `step` floats from one place to the next.
void scatter_input(const Winograd& p, const Place& tile, float* v, std::size_t step) {
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const float* from[kWinogradPlaces];
  for (Index i = 0; i < 6; ++i)
    for (Index j = 0; j < 6; ++j) {
      const Index row = tile.height - h.before + i, column = tile.width - w.before + j;
      const bool inside = is_inside(h, row) && is_inside(w, column);
      const Index place = (tile.image * h.input + row) * w.input + column;
      from[i * 6 + j] = inside ? p.x + place * static_cast<Index>(p.x_stride) : p.zeros;
    }
  for (std::size_t channel = 0; channel < p.inputs; channel += simd::kLanes) {
    const std::size_t n = smaller(simd::kLanes, p.inputs - channel);
    Vec d[kWinogradPlaces];
#pragma GCC unroll 36
    for (std::size_t i = 0; i < kWinogradPlaces; ++i) d[i] = simd::load_n(from[i] + channel, n);
#pragma GCC unroll 6
    for (int i = 0; i < 6; ++i) transform_input(d + i, 6);
#pragma GCC unroll 6
    for (int i = 0; i < 6; ++i) transform_input(d + 6 * i, 1);
#pragma GCC unroll 36
    for (std::size_t i = 0; i < kWinogradPlaces; ++i) simd::store_n(v + i * step + channel, d[i], n);
  }
}

// c = end(A^T m A) of one tile, without the rows and columns that stick out.
void gather_output(const Winograd& p, const Place& tile, const float* m, std::size_t step) {
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const auto rows = static_cast<int>(h.output - tile.height < 4 ? h.output - tile.height : 4);
  const auto columns = static_cast<int>(w.output - tile.width < 4 ? w.output - tile.width : 4);
  const auto first = static_cast<std::size_t>((tile.image * h.output + tile.height) * w.output + tile.width);
  const std::size_t line = static_cast<std::size_t>(w.output) * p.c_stride;
  float* const c = p.c + first * p.c_stride;
  const bool simple = p.end.function == Function::clamp && !p.end.residual;
  const Vec low = simd::splat(p.end.a), high = simd::splat(p.end.b);
  for (std::size_t channel = 0; channel < p.outputs; channel += simd::kLanes) {
    const std::size_t n = smaller(simd::kLanes, p.outputs - channel);
    Vec s[kWinogradPlaces];
#pragma GCC unroll 36
    for (std::size_t i = 0; i < kWinogradPlaces; ++i) s[i] = simd::load(m + i * step + channel);
#pragma GCC unroll 6
    for (int i = 0; i < 6; ++i) transform_output(s + i, 6);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) transform_output(s + 6 * i, 1);
    const Vec bias = simple && p.end.bias ? simd::load_n(p.end.bias + channel, n) : simd::zero();
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i)
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) {
        if (i >= rows || j >= columns) continue;
        Vec y = s[6 * i + j];
        if (simple) y = simd::min(high, simd::max(low, simd::add(y, bias)));
        simd::store_n(
            c + static_cast<std::size_t>(i) * line + static_cast<std::size_t>(j) * p.c_stride + channel, y,
            n);
      }
  }
  if (simple) return;
  for (int i = 0; i < rows; ++i) {
    float* const row = c + static_cast<std::size_t>(i) * line;
    End end = p.end;
    if (end.residual)
      end.residual +=
          (first + static_cast<std::size_t>(i) * static_cast<std::size_t>(w.output)) * end.residual_stride;
    finish({row, p.c_stride, row, p.c_stride, static_cast<std::size_t>(columns), p.outputs, end});
  }
}

// m[place][tile] = v[place][tile] * weights[place], `padded` columns of the `place_size` weights of a place.
void multiply(const Winograd& p, const float* v, float* m, std::size_t tiles, std::size_t padded,
              std::size_t place_size) {
  const float* pointers[kMaxBlockTiles];
  const std::size_t v_step = winograd_place_step(tiles, p.inputs),
                    m_step = winograd_place_step(tiles, padded);
  for (std::size_t place = 0; place < kWinogradPlaces; ++place) {
    for (std::size_t i = 0; i < tiles; ++i) pointers[i] = v + place * v_step + i * p.inputs;
    const Tile tile{
        nullptr, 1, p.inputs, p.weights + place * place_size, p.inputs * kPanel, m + place * m_step,
        padded,  0, {}};
    const float* const after = place + 1 < kWinogradPlaces ? tile.b + place_size : nullptr;
    sweep({pointers, tiles, p.tile_rows, 0, padded / kPanel, p.tile_panels, padded, after}, tile);
  }
}

}  // namespace

void winograd(const Winograd& whole) noexcept {
  const std::size_t place_size = ceil_divide(whole.outputs, kPanel) * kPanel * whole.inputs;
  const std::size_t column = whole.panel_begin * kPanel;
  const std::size_t padded = (whole.panel_end - whole.panel_begin) * kPanel;
  Winograd p = whole;  // moved to its first panel
  p.weights += column * p.inputs;
  p.c += column;
  p.outputs = smaller(padded, whole.outputs - column);
  if (p.end.bias) p.end.bias += column;
  if (p.end.residual) p.end.residual += column;
  const std::size_t block = smaller(p.block_tiles, kMaxBlockTiles);
  float* const v = p.workspace;
  for (std::size_t begin = p.tile_begin; begin < p.tile_end; begin += block) {
    const std::size_t tiles = smaller(block, p.tile_end - begin);
    const std::size_t v_step = winograd_place_step(tiles, p.inputs);
    float* const m = v + kWinogradPlaces * v_step;
    for (std::size_t i = 0; i < tiles; ++i)
      scatter_input(p, tile_place(p.window, begin + i), v + i * p.inputs, v_step);
    multiply(p, v, m, tiles, padded, place_size);
    for (std::size_t i = 0; i < tiles; ++i)
      gather_output(p, tile_place(p.window, begin + i), m + i * padded, winograd_place_step(tiles, padded));
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
