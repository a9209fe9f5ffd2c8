// Pooling of bytes: the greatest in vectors over channels; sums in plain loops, which the compiler turns into
// vectors.
#include "kernels/common/taps.h"
#include "kernels/quantised/q_pool.h"
#include "kernels/simd/bytes.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// Channels whose sums are kept at once.
constexpr std::size_t kTogether = 256;

// Calls f(x of the place) for the real taps of a window; gives their number.
template <class F>
VIVACE_INLINE std::int32_t for_each_tap(const QPool& p, const Place& place, F f) {
  const Window& w = p.window;
  const Taps d = real_taps(w.depth, place.depth), h = real_taps(w.height, place.height),
             v = real_taps(w.width, place.width);
  for (Index a = d.begin; a < d.end; ++a)
    for (Index b = h.begin; b < h.end; ++b)
      for (Index t = v.begin; t < v.end; ++t) {
        const Index line =
            (place.image * w.depth.input + input_place(w.depth, place.depth, a)) * w.height.input +
            input_place(w.height, place.height, b);
        f(p.x +
          static_cast<std::size_t>(line * w.width.input + input_place(w.width, place.width, t)) * p.channels);
      }
  return static_cast<std::int32_t>((d.end - d.begin) * (h.end - h.begin) * (v.end - v.begin));
}

// n channels, at most a vector's worth, which are read whole: signed ones as unsigned, 128 more.
VIVACE_INLINE void max_channels(const QPool& p, const Place& place, std::size_t channel, std::size_t n,
                                std::uint8_t* c) {
  const simd::Bytes flip = simd::splat_byte(p.is_signed ? 128 : 0);
  simd::Bytes most = simd::splat_byte(0);
  for_each_tap(p, place, [&](const std::uint8_t* x) {
    most = simd::max_bytes(most, simd::flip_bytes(simd::load_bytes(x + channel), flip));
  });
  simd::store_part<1>(c + channel, simd::flip_bytes(most, flip), 0, n);
}

// The last channels of those that fill no vector, with others before them that are done again.
void max_place(const QPool& p, const Place& place, std::uint8_t* c) {
  constexpr std::size_t kWide = sizeof(simd::Bytes);
  std::size_t channel = 0;
  for (; channel + kWide <= p.channels; channel += kWide) max_channels(p, place, channel, kWide, c);
  if (channel == p.channels) return;
  if (p.channels >= kWide) return max_channels(p, place, p.channels - kWide, kWide, c);
  for (; channel < p.channels; ++channel) {
    const std::uint8_t flip = p.is_signed ? 128 : 0;
    std::uint8_t most = 0;
    for_each_tap(p, place, [&](const std::uint8_t* x) {
      const auto value = static_cast<std::uint8_t>(x[channel] ^ flip);
      most = value > most ? value : most;
    });
    c[channel] = static_cast<std::uint8_t>(most ^ flip);
  }
}

template <class T>
void mean_place(const QPool& p, const Place& place, T* c) {
  for (std::size_t channel = 0; channel < p.channels; channel += kTogether) {
    const std::size_t n = p.channels - channel < kTogether ? p.channels - channel : kTogether;
    std::int32_t sums[kTogether] = {};
    const std::int32_t count = for_each_tap(p, place, [&](const std::uint8_t* from) {
      const auto* const x = reinterpret_cast<const T*>(from) + channel;
      for (std::size_t j = 0; j < n; ++j) sums[j] += x[j];
    });
    const std::int32_t half = count / 2;
    for (std::size_t j = 0; j < n; ++j)
      c[channel + j] = static_cast<T>((sums[j] + (sums[j] > 0 ? half : -half)) / (count == 0 ? 1 : count));
  }
}

template <class T>
void pool_as(const QPool& p) {
  Place place = place_at(p.window, p.row_begin);
  for (std::size_t row = p.row_begin; row < p.row_end; ++row) {
    auto* const c = reinterpret_cast<T*>(p.c + row * p.channels);
    p.average ? mean_place<T>(p, place, c) : max_place(p, place, p.c + row * p.channels);
    advance(place, p.window);
  }
}

template <class T>
void sum_rows_as(const QSumRows& p) {
  const auto* x = reinterpret_cast<const T*>(p.x);
  for (std::size_t i = 0; i < p.rows; ++i, x += p.stride)
    for (std::size_t j = 0; j < p.columns; ++j) p.sums[j] += x[j];
}

}  // namespace

void q_pool(const QPool& p) noexcept {
  if (p.row_begin >= p.row_end) return;
  p.is_signed ? pool_as<std::int8_t>(p) : pool_as<std::uint8_t>(p);
}

void q_sum_rows(const QSumRows& p) noexcept {
  p.is_signed ? sum_rows_as<std::int8_t>(p) : sum_rows_as<std::uint8_t>(p);
}

}  // namespace vivace::kernels::VIVACE_ISA
