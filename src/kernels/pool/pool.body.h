// Pooling: vectors over channels, one output place at a time; bound by reading x.
#include "kernels/common/taps.h"
#include "kernels/pool/pool.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Vectors of channels at once: enough chains that neither maximum nor sum waits for its last result.
constexpr int kVecs = 4;
// Taps of a window whose places are computed once; larger windows take them one by one.
constexpr std::size_t kMostOffsets = 64;

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

// Where the taps of a window lie that is all inside, counted from its first.
struct Offsets {
  Index at[kMostOffsets];
  std::size_t count = 0;
};

Offsets offsets_of(const Pool& p) {
  const Window& w = p.window;
  const auto stride = static_cast<Index>(p.x_stride);
  Offsets offsets;
  for (Index a = 0; a < w.depth.kernel; ++a)
    for (Index b = 0; b < w.height.kernel; ++b)
      for (Index t = 0; t < w.width.kernel; ++t) {
        const Index row = a * w.depth.dilation * w.height.input + b * w.height.dilation;
        offsets.at[offsets.count++] = (row * w.width.input + t * w.width.dilation) * stride;
      }
  return offsets;
}

template <class Kind, int kCount>
VIVACE_INLINE void pool_inside(const float* x, float* c, const Offsets& offsets, Vec divisor, std::size_t n) {
  Vec v[kCount];
#pragma GCC unroll 4
  for (int q = 0; q < kCount; ++q) v[q] = simd::splat(Kind::kStart);
  for (std::size_t tap = 0; tap < offsets.count; ++tap)
#pragma GCC unroll 4
    for (int q = 0; q < kCount; ++q) {
      const float* from = x + offsets.at[tap] + q * simd::kLanes;
      v[q] = Kind::take(v[q], kCount > 1 ? simd::load(from) : simd::load_n(from, n));
    }
#pragma GCC unroll 4
  for (int q = 0; q < kCount; ++q) {
    const Vec y = Kind::end(v[q], divisor);
    kCount > 1 ? simd::store(c + q * simd::kLanes, y) : simd::store_n(c, y, n);
  }
}

// `count` neighbouring places whose windows are all inside.
template <class Kind>
void pool_run(const Pool& p, const Place& place, std::size_t count, float* c, const Offsets& offsets) {
  const Window& w = p.window;
  const Index row = ((place.image * w.depth.input + input_place(w.depth, place.depth, 0)) * w.height.input +
                     input_place(w.height, place.height, 0)) *
                        w.width.input +
                    input_place(w.width, place.width, 0);
  const float* x = p.x + row * static_cast<Index>(p.x_stride);
  const Index step = w.width.stride * static_cast<Index>(p.x_stride);
  const Vec divisor = simd::splat(static_cast<float>(w.taps()));
  constexpr std::size_t kFour = kVecs * simd::kLanes, kTwo = 2 * simd::kLanes;
  for (std::size_t i = 0; i < count; ++i, x += step, c += p.c_stride) {
    std::size_t channel = 0;
    for (; channel + kFour <= p.channels; channel += kFour)
      pool_inside<Kind, kVecs>(x + channel, c + channel, offsets, divisor, 0);
    for (; channel + kTwo <= p.channels; channel += kTwo)
      pool_inside<Kind, 2>(x + channel, c + channel, offsets, divisor, 0);
    for (; channel < p.channels; channel += simd::kLanes) {
      const std::size_t left = p.channels - channel;
      pool_inside<Kind, 1>(x + channel, c + channel, offsets, divisor,
                           left < simd::kLanes ? left : simd::kLanes);
    }
  }
}

VIVACE_INLINE bool is_within(const Taps& places, Index place) {
  return place >= places.begin && place < places.end;
}

template <class Kind>
void pool_rows(const Pool& p) {
  const Window& w = p.window;
  const Taps depth = inner_places(w.depth), height = inner_places(w.height), width = inner_places(w.width);
  const bool few = w.taps() <= kMostOffsets;
  const Offsets offsets = few ? offsets_of(p) : Offsets{};
  Place place = place_at(w, p.row_begin);
  for (std::size_t row = p.row_begin; row < p.row_end;) {
    const bool inside = few && is_within(depth, place.depth) && is_within(height, place.height) &&
                        is_within(width, place.width);
    std::size_t count = 1;
    if (inside) {
      const auto run = static_cast<std::size_t>(width.end - place.width);
      count = run < p.row_end - row ? run : p.row_end - row;
      pool_run<Kind>(p, place, count, p.c + row * p.c_stride, offsets);
    } else {
      pool_place<Kind>(p, place, p.c + row * p.c_stride);
    }
    advance(place, w, static_cast<Index>(count));
    row += count;
  }
}

}  // namespace

void pool(const Pool& p) noexcept { p.average ? pool_rows<Average>(p) : pool_rows<Maximum>(p); }

}  // namespace vivace::kernels::VIVACE_ISA
