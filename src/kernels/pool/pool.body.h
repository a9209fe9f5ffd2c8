// Pooling: vectors over channels, one output place at a time; bound by reading x.
#include "kernels/common/taps.h"
#include "kernels/pool/pool.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Vectors of channels at once: enough chains that neither maximum nor sum waits for its last result.
constexpr int kVecs = 4;

struct Maximum {
  static constexpr float kStart = -__builtin_inff();
  [[gnu::always_inline]] static Vec take(Vec so_far, Vec x) {
    return simd::select(simd::is_nan(x), x, simd::max(x, so_far));
  }
  [[gnu::always_inline]] static Vec end(Vec v, Vec) { return v; }
};

struct Average {
  static constexpr float kStart = 0;
  [[gnu::always_inline]] static Vec take(Vec so_far, Vec x) { return simd::add(so_far, x); }
  [[gnu::always_inline]] static Vec end(Vec v, Vec count) { return simd::div(v, count); }
};

template <class Kind, int kCount>
void pool_channels(const Pool& p, const float* x, float* c, const Taps (&taps)[3], float count,
                   std::size_t n) {
  const Window& w = p.window;
  const auto stride = static_cast<Index>(p.x_stride);
  Vec v[kCount];
#pragma GCC unroll 4
  for (int q = 0; q < kCount; ++q) v[q] = simd::splat(Kind::kStart);
  for (Index a = taps[0].begin; a < taps[0].end; ++a)
    for (Index b = taps[1].begin; b < taps[1].end; ++b)
      for (Index t = taps[2].begin; t < taps[2].end; ++t) {
        const Index row =
            (a - taps[0].begin) * w.depth.dilation * w.height.input + (b - taps[1].begin) * w.height.dilation;
        const float* from = x + (row * w.width.input + (t - taps[2].begin) * w.width.dilation) * stride;
#pragma GCC unroll 4
        for (int q = 0; q < kCount; ++q)
          v[q] = Kind::take(v[q], kCount > 1 ? simd::load(from + q * simd::kLanes) : simd::load_n(from, n));
      }
  const Vec divisor = simd::splat(count);
#pragma GCC unroll 4
  for (int q = 0; q < kCount; ++q) {
    const Vec y = Kind::end(v[q], divisor);
    if (kCount > 1)
      simd::store(c + q * simd::kLanes, y);
    else
      simd::store_n(c, y, n);
  }
}

template <class Kind>
void pool_place(const Pool& p, const Place& place, float* c) {
  const Window& w = p.window;
  const Taps taps[3] = {real_taps(w.depth, place.depth), real_taps(w.height, place.height),
                        real_taps(w.width, place.width)};
  Index real = 1;
  for (const Taps& t : taps) real *= t.end > t.begin ? t.end - t.begin : 0;
  const bool none = real == 0;
  if (none) real = 1;
  const auto count = static_cast<float>(p.count_padding ? static_cast<Index>(w.taps()) : real);
  // The first real tap: counted from it, every address stays inside the input, however far the padding
  // reaches.
  const Index row =
      (place.image * w.depth.input + input_place(w.depth, place.depth, taps[0].begin)) * w.height.input +
      input_place(w.height, place.height, taps[1].begin);
  const Index first = none ? 0 : row * w.width.input + input_place(w.width, place.width, taps[2].begin);
  const float* x = p.x + first * static_cast<Index>(p.x_stride);
  std::size_t channel = 0;
  for (; channel + kVecs * simd::kLanes <= p.channels; channel += kVecs * simd::kLanes)
    pool_channels<Kind, kVecs>(p, x + channel, c + channel, taps, count, 0);
  for (; channel < p.channels; channel += simd::kLanes) {
    const std::size_t left = p.channels - channel;
    pool_channels<Kind, 1>(p, x + channel, c + channel, taps, count,
                           left < simd::kLanes ? left : simd::kLanes);
  }
}

template <class Kind>
void pool_rows(const Pool& p) {
  Place place = place_at(p.window, p.row_begin);
  for (std::size_t row = p.row_begin; row < p.row_end; ++row, advance(place, p.window))
    pool_place<Kind>(p, place, p.c + row * p.c_stride);
}

}  // namespace

void pool(const Pool& p) noexcept { p.average ? pool_rows<Average>(p) : pool_rows<Maximum>(p); }

}  // namespace vivace::kernels::VIVACE_ISA
