// Depthwise convolution of bytes: vectors over channels, up to eight neighbouring places at once.
//
// A channel's byte, widened to 32 bits, is a pair of 16-bit numbers whose upper one meets a weight of 0 where
// it is not 0 itself: a dot product of pairs is then one product and one addition.
#include "kernels/common/taps.h"
#include "kernels/matrix/shares.h"
#include "kernels/quantised/copy_lines.h"
#include "kernels/quantised/q_depthwise.h"
#include "kernels/quantised/requantise.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

constexpr int kPlaces = 8;

// A run of places of an output line for a vector of channels.
struct QRun {
  const std::uint8_t* x;         // of the first place's first tap
  const std::int32_t* weights;   // of the first tap
  std::size_t place, line, tap;  // bytes from one column or line of taps to the next; numbers between weights
  const Window& window;
};

// One kernel row for kCount places: each number of x is widened once and meets every place it belongs to.
template <int kCount, int kKernel, int kStride>
VIVACE_INLINE void add_taps(IVec (&sum)[kCount], const std::uint8_t* x, std::size_t place,
                            const std::int32_t* weights, std::size_t tap) {
  IVec weight[kKernel];
#pragma GCC unroll 8
  for (int t = 0; t < kKernel; ++t) weight[t] = simd::load_int(weights + static_cast<std::size_t>(t) * tap);
#pragma GCC unroll 32
  for (int j = 0; j < (kCount - 1) * kStride + kKernel; ++j, x += place) {
    const IVec v = simd::load_unsigned_bytes(x);
#pragma GCC unroll 8
    for (int t = 0; t < kKernel; ++t)
      if (j >= t && (j - t) % kStride == 0 && (j - t) / kStride < kCount)
        sum[(j - t) / kStride] = simd::dot_words(sum[(j - t) / kStride], v, weight[t]);
  }
}

template <int kCount, int kKernel, int kStride>
VIVACE_INLINE void sum_known(const QRun& r, IVec (&sum)[kCount]) {
  const std::uint8_t* x = r.x;
  const std::int32_t* weights = r.weights;
  for (std::int64_t a = 0; a < r.window.height.kernel; ++a, x += r.line, weights += kKernel * r.tap)
    add_taps<kCount, kKernel, kStride>(sum, x, r.place, weights, r.tap);
}

template <int kCount>
VIVACE_INLINE void sum_any(const QRun& r, IVec (&sum)[kCount]) {
  const WindowAxis& w = r.window.width;
  const std::size_t next = static_cast<std::size_t>(w.stride) * r.place;
  const std::int32_t* weights = r.weights;
  for (std::int64_t a = 0; a < r.window.height.kernel; ++a) {
    const std::uint8_t* x = r.x + static_cast<std::size_t>(a) * r.line;
    for (std::int64_t t = 0; t < w.kernel; ++t, weights += r.tap) {
      const IVec weight = simd::load_int(weights);
      const std::uint8_t* const from = x + static_cast<std::size_t>(t * w.dilation) * r.place;
#pragma GCC unroll 8
      for (int q = 0; q < kCount; ++q)
        sum[q] = simd::dot_words(sum[q], simd::load_unsigned_bytes(from + static_cast<std::size_t>(q) * next),
                                 weight);
    }
  }
}

// The end of four places' sums of a vector of channels.
template <bool kBounded>
struct FourEnds {
  Requantise<kBounded, 1> exact;

  [[gnu::always_inline]] FourEnds(const QuantisedEnd& end, std::size_t channel) : exact(end, channel) {}
  [[gnu::always_inline]] simd::Bytes operator()(IVec a, IVec b, IVec c, IVec d) const {
    return exact.bytes(exact(a, 0), exact(b, 0), exact(c, 0), exact(d, 0));
  }
};

[[gnu::noinline]] simd::Bytes end_four(const QuantisedEnd& end, std::size_t channel, IVec a, IVec b, IVec c,
                                       IVec d) {
  const Requantise<true, 1> exact(end, channel);
  return exact.bytes(exact(a, 0), exact(b, 0), exact(c, 0), exact(d, 0));
}

template <>
struct FourEnds<true> {
  const QuantisedEnd& end;
  std::size_t channel;
  RequantiseNearly<1> nearly;

  [[gnu::always_inline]] FourEnds(const QuantisedEnd& e, std::size_t first)
      : end(e), channel(first), nearly(e, first) {}
  [[gnu::always_inline]] simd::Bytes operator()(IVec a, IVec b, IVec c, IVec d) const {
    RequantiseNearly<1> four = nearly;
    const simd::Bytes bytes = four.bytes(four(a, 0), four(b, 0), four(c, 0), four(d, 0));
    return four.clear() ? bytes : end_four(end, channel, a, b, c, d);
  }
};

// What becomes of the sums of a vector of channels, which begin at start(): bytes or floats at c, the next
// place c_stride further.
template <bool kBounded>
struct ToBytes {
  FourEnds<kBounded> ends;
  IVec bias;
  std::uint8_t* c;
  std::size_t c_stride, columns;

  ToBytes(const QDepthwise& p, std::size_t place, std::size_t channel, std::size_t n)
      : ends(p.end, channel),
        bias(simd::load_int(p.end.bias + channel)),
        c(p.c + place * p.channels + channel),
        c_stride(p.channels),
        columns(n) {}
  [[gnu::always_inline]] IVec start() const { return bias; }
  template <int kCount>
  [[gnu::always_inline]] void operator()(const IVec (&sum)[kCount]) const {
#pragma GCC unroll 2
    for (int q = 0; q < kCount; q += 4) {
      constexpr int kLast = kCount - 1;
      const simd::Bytes bytes = ends(sum[q], sum[q + 1 < kLast ? q + 1 : kLast],
                                     sum[q + 2 < kLast ? q + 2 : kLast], sum[q + 3 < kLast ? q + 3 : kLast]);
      for (int i = 0; i < 4 && q + i < kCount; ++i)
        simd::store_part<4>(c + static_cast<std::size_t>(q + i) * c_stride, bytes, i, columns);
    }
  }
};

struct ToFloats {
  IVec sums_bias;
  simd::Vec scale, bias, row;
  bool weights_scale_first;
  float* c;
  std::size_t c_stride, columns;

  ToFloats(const QDepthwise& p, std::size_t place, std::size_t channel, std::size_t n)
      : sums_bias(simd::load_int(p.float_end.sums_bias + channel)),
        scale(simd::load(p.float_end.scales + channel)),
        bias(simd::load(p.float_end.bias + channel)),
        row(simd::splat(p.float_end.row_scales[place / p.float_end.rows_each])),
        weights_scale_first(p.float_end.weights_scale_first),
        c(p.y + place * p.channels + channel),
        c_stride(p.channels),
        columns(n) {}
  [[gnu::always_inline]] IVec start() const { return sums_bias; }
  template <int kCount>
  [[gnu::always_inline]] void operator()(const IVec (&sum)[kCount]) const {
#pragma GCC unroll 8
    for (int q = 0; q < kCount; ++q) {
      const simd::Vec v = simd::to_float(sum[q]);
      const simd::Vec scaled =
          weights_scale_first ? simd::mul(simd::mul(v, scale), row) : simd::mul(v, simd::mul(row, scale));
      simd::store_n(c + static_cast<std::size_t>(q) * c_stride, simd::add(scaled, bias), columns);
    }
  }
};

template <int kCount, int kKernel, int kStride, class End>
VIVACE_INLINE void run_places(const QRun& r, const End& end) {
  IVec sum[kCount];
#pragma GCC unroll 8
  for (int q = 0; q < kCount; ++q) sum[q] = end.start();
  if constexpr (kKernel > 0)
    sum_known<kCount, kKernel, kStride>(r, sum);
  else
    sum_any<kCount>(r, sum);
  end(sum);
}

// A whole output line, from `place` on, for one vector of channels: runs of kPlaces or half of them, the last
// of which may do again what the one before has done; single places only where one is left, or in
// shorter lines.
template <int kKernel, int kStride, class End>
void run_line(const QDepthwise& p, QRun r, std::size_t place, std::size_t channel) {
  constexpr std::int64_t kHalf = kPlaces / 2;
  End end(p, place, channel, smaller(p.channels - channel, simd::kLanes));
  const auto next = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(r.window.width.stride) * r.place);
  const auto move = [&](std::int64_t count) {
    r.x += count * next;
    end.c += count * static_cast<std::ptrdiff_t>(end.c_stride);
  };
  const std::int64_t width = r.window.width.output;
  std::int64_t left = width;
  for (; left >= kPlaces; left -= kPlaces, move(kPlaces)) run_places<kPlaces, kKernel, kStride>(r, end);
  if (left > kHalf + 1 && width >= kPlaces) {
    move(left - kPlaces);
    return run_places<kPlaces, kKernel, kStride>(r, end);
  }
  for (; left >= kHalf; left -= kHalf, move(kHalf)) run_places<kHalf, kKernel, kStride>(r, end);
  if (left > 1 && width >= kHalf) {
    move(left - kHalf);
    return run_places<kHalf, kKernel, kStride>(r, end);
  }
  for (; left > 0; --left, move(1)) run_places<1, kKernel, kStride>(r, end);
}

using RunLine = void (*)(const QDepthwise&, QRun, std::size_t, std::size_t);

template <class End>
RunLine line_function(const WindowAxis& w) {
  if (w.dilation == 1 && w.kernel == 3 && w.stride == 1) return run_line<3, 1, End>;
  if (w.dilation == 1 && w.kernel == 3 && w.stride == 2) return run_line<3, 2, End>;
  if (w.dilation == 1 && w.kernel == 5 && w.stride == 1) return run_line<5, 1, End>;
  if (w.dilation == 1 && w.kernel == 5 && w.stride == 2) return run_line<5, 2, End>;
  return run_line<0, 0, End>;
}

}  // namespace

void q_depthwise(const QDepthwise& p) noexcept {
  const QLines lines{p.window, p.channels, p.channels, p.zero, p.is_signed, false};
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const auto places = static_cast<std::size_t>(w.output), image_lines = static_cast<std::size_t>(h.output);
  const std::size_t image_bytes = static_cast<std::size_t>(h.input * w.input) * p.channels;
  const auto most = static_cast<std::size_t>(lines.fitting_lines(kQLineBytes));
  const RunLine function = p.y             ? line_function<ToFloats>(w)
                           : p.end.bounded ? line_function<ToBytes<true>>(w)
                                           : line_function<ToBytes<false>>(w);
  const std::size_t tap = ceil_divide(p.channels, kPanel) * kPanel;
  for (std::size_t line = p.line_begin, count; line < p.line_end; line += count) {
    const std::size_t image = line / image_lines, first = line % image_lines;
    count = smaller(most, smaller(image_lines - first, p.line_end - line));
    copy_lines(lines, p.x + image * image_bytes, input_place(h, static_cast<Index>(first), 0),
               lines.met_lines(static_cast<std::int64_t>(count)), p.workspace);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t channel = 0; channel < p.channels; channel += simd::kLanes) {
        const auto* const from = reinterpret_cast<const std::uint8_t*>(p.workspace) +
                                 i * static_cast<std::size_t>(h.stride) * lines.line_bytes() + channel;
        function(p,
                 {from, p.weights + channel, lines.place_bytes(),
                  static_cast<std::size_t>(h.dilation) * lines.line_bytes(), tap, p.window},
                 (line + i) * places, channel);
      }
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
