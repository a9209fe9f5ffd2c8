// Depthwise convolution of bytes: as many channels at a time as a vector has bytes.
//
// The columns that a stretch of an output line meets are zipped once (kernels/quantised/zipped.h); then each
// place is one dot product for each kernel column:
//
//   columns    x0 x1 x2 x3 x4 ..    of kernel rows 0 to 3, a number of 32 bits for each channel
//   place 0    x0 w0 + x1 w1 + x2 w2
//   place 1         x1 w0 + x2 w1 + x3 w2
#include <type_traits>

#include "kernels/common/taps.h"
#include "kernels/quantised/requantise.h"
#include "kernels/quantised/zipped.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

constexpr int kPlaces = simd::kLanes == 16 ? 2 : 1;  // vectors at once

// The sums of kCount vectors, whose columns begin at `columns`. kKernel and kStep are 0 where any.
template <int kCount, int kKernel, int kStep, class Dot>
VIVACE_INLINE void add_taps(const Block& b, const std::int32_t* columns, IVec (&sum)[kCount][kVecs]) {
  const std::size_t taps = kKernel ? kKernel : b.taps(), step = kKernel ? kStep : b.step,
                    dilation = kKernel ? 1 : b.dilation;
  const std::int32_t* weights = b.weights;
  for (std::size_t g = 0; g < b.groups; ++g, columns += b.fit * kChannels)
#pragma GCC unroll 5
    for (std::size_t t = 0; t < taps; ++t, weights += kChannels) {
      IVec w[kVecs];
#pragma GCC unroll 4
      for (std::size_t k = 0; k < kVecs; ++k) w[k] = simd::load_int(weights + k * simd::kLanes);
#pragma GCC unroll 2
      for (std::size_t q = 0; q < kCount; ++q) {
        const std::int32_t* const x = columns + (q * step + t * dilation) * kChannels;
#pragma GCC unroll 4
        for (std::size_t k = 0; k < kVecs; ++k)
          sum[q][k] = Dot::dot(sum[q][k], simd::load_int(x + k * simd::kLanes), w[k]);
      }
    }
}

// The end of n channels' sums of one place.
void end_place(const QDepthwise& p, const std::int32_t* sums, std::size_t place, std::size_t channel,
               std::size_t n) {
  for (std::size_t j = 0; j < n; j += simd::kLanes) {
    const std::size_t first = channel + j, at = place * p.channels + first,
                      columns = smaller(n - j, simd::kLanes);
    const IVec sum = simd::load_int(sums + j);
    if (p.y) {
      const FloatEnd& end = p.float_end;
      const simd::Vec v = simd::to_float(sum), scale = simd::load(end.scales + first),
                      row = simd::splat(end.row_scales[place / end.rows_each]);
      const simd::Vec scaled =
          end.weights_scale_first ? simd::mul(simd::mul(v, scale), row) : simd::mul(v, simd::mul(row, scale));
      simd::store_n(p.y + at, simd::add(scaled, simd::load(end.bias + first)), columns);
      continue;
    }
    const auto finish = [&](const auto& end) {
      const IVec v = end(sum, 0);
      simd::store_part<4>(p.c + at, end.bytes(v, v, v, v), 0, columns);
    };
    if (p.end.bounded)
      finish(Requantise<true, 1>(p.end, first));
    else
      finish(Requantise<false, 1>(p.end, first));
  }
}

// The end of a vector's sums that is not done in zipped order: floats, unbounded sums, and those too near a
// tie for float32.
[[gnu::noinline]] void end_exactly(const Block& b, std::size_t place, std::size_t places, IVec v0, IVec v1,
                                   IVec v2, IVec v3) {
  std::int32_t zipped[kChannels], sums[kChannels + simd::kLanes] = {};
  const IVec v[kVecs] = {v0, v1, v2, v3};
  for (std::size_t k = 0; k < kVecs; ++k) simd::store_int(zipped + k * simd::kLanes, v[k]);
  for (std::size_t quad = 0; quad < kChannels / 4; ++quad)
    __builtin_memcpy(sums + quad * 4, zipped + quad % kVecs * simd::kLanes + quad / kVecs * 4, 16);
  for (std::size_t i = 0; i < places; ++i)
    end_place(b.p, sums + i * (kChannels / b.places), place + i, b.channel, b.channels);
}

// The results of `places` places from `place` on.
VIVACE_INLINE void store_places(const Block& b, std::size_t place, std::size_t places, simd::Bytes bytes) {
  const std::size_t step = b.p.channels;
  std::uint8_t* const c = b.p.c + place * step + b.channel;
  if (b.pieces == 1) return simd::store_part<1>(c, bytes, 0, places * b.channels);
  for (std::size_t i = 0; i < places; ++i)
    if (b.pieces == 2)
      simd::store_part<2>(c + i * step, bytes, static_cast<int>(i), b.channels);
    else
      simd::store_part<4>(c + i * step, bytes, static_cast<int>(i), b.channels);
}

struct NoEnd {
  NoEnd(const QuantisedEnd&, std::size_t) {}
};

// How sums end: in integers or floats, in float32 as numbers of 16 bits first, or in float32 to nearest even.
enum class End : std::uint8_t { exact, nearly, rising, even };

// A stretch of vectors of a line; those of n places, the first of which is `place` of the output.
template <int kKernel, int kStep, End kEnd, class Dot>
void run_stretch(const Block& b, std::size_t place, std::size_t n) {
  using Nearly = std::conditional_t<kEnd == End::even, RequantiseEven<kVecs>,
                                    RequantiseNearly<kVecs, kEnd == End::rising, false>>;
  QuantisedEnd zipped_end = b.p.end;
  zipped_end.scales = b.scales, zipped_end.steps = b.steps;
  const std::conditional_t<kEnd == End::exact, NoEnd, Nearly> nearly(zipped_end, 0);
  IVec bias[kVecs];
#pragma GCC unroll 4
  for (std::size_t k = 0; k < kVecs; ++k) bias[k] = simd::load_int(b.bias + k * simd::kLanes);
  const std::int32_t* columns = b.columns;
  const auto run = [&]<int kCount>() __attribute__((always_inline)) {
    IVec sum[kCount][kVecs];
#pragma GCC unroll 2
    for (std::size_t q = 0; q < kCount; ++q)
#pragma GCC unroll 4
      for (std::size_t k = 0; k < kVecs; ++k) sum[q][k] = bias[k];
    add_taps<kCount, kKernel, kStep, Dot>(b, columns, sum);
    columns += kCount * b.step * kChannels;
#pragma GCC unroll 2
    for (std::size_t q = 0, some; q < kCount; ++q, place += some, n -= some) {
      some = smaller(n, b.places);
      if constexpr (kEnd != End::exact) {
        Nearly end = nearly;
        const simd::Bytes bytes =
            end.bytes_in_lanes(end(sum[q][0], 0), end(sum[q][1], 1), end(sum[q][2], 2), end(sum[q][3], 3));
        if (__builtin_expect(end.clear(), 1)) {
          store_places(b, place, some, bytes);
          continue;
        }
      }
      end_exactly(b, place, some, sum[q][0], sum[q][1], sum[q][2], sum[q][3]);
    }
  };
  while (n > (kPlaces - 1) * b.places) run.template operator()<kPlaces>();
  if constexpr (kPlaces > 1)
    while (n != 0) run.template operator()<1>();
}

// A whole output line, which begins at `place`; its input begins at `line`.
template <int kKernel, int kStep, End kEnd, class Dot>
void run_line(const Block& b, const std::uint8_t* line, std::size_t place) {
  const auto width = static_cast<std::size_t>(b.p.window.width.output);
  const std::size_t most = ((b.fit - (b.taps() - 1) * b.dilation - 1) / b.step + 1) * b.places;
  for (std::size_t first = 0, n; first < width; first += n) {
    n = smaller(most, width - first);
    zip_stretch<Dot>(b, line, first / b.places, ceil_divide(n, b.places));
    run_stretch<kKernel, kStep, kEnd, Dot>(b, place + first, n);
  }
}

using RunLine = void (*)(const Block&, const std::uint8_t*, std::size_t);

template <End kEnd, class Dot>
RunLine line_function(const Block& b) {
  const std::size_t taps = b.taps(), step = b.step;
  if (b.dilation == 1 && taps == 3 && step == 1) return run_line<3, 1, kEnd, Dot>;
  if (b.dilation == 1 && taps == 3 && step == 2) return run_line<3, 2, kEnd, Dot>;
  if (b.dilation == 1 && taps == 3 && step == 3) return run_line<3, 3, kEnd, Dot>;
  if (b.dilation == 1 && taps == 5 && step == 1) return run_line<5, 1, kEnd, Dot>;
  if (b.dilation == 1 && taps == 5 && step == 2) return run_line<5, 2, kEnd, Dot>;
  return run_line<0, 0, kEnd, Dot>;
}

template <class Dot>
RunLine line_function(const Block& b) {
  const QuantisedEnd& end = b.p.end;
  if (!b.p.y && end.even) return line_function<End::even, Dot>(b);
  if (b.p.y || !end.bounded) return line_function<End::exact, Dot>(b);
  return end.rising() ? line_function<End::rising, Dot>(b) : line_function<End::nearly, Dot>(b);
}

}  // namespace

void q_depthwise(const QDepthwise& p) noexcept {
  const QLines lines{p.window, p.channels, p.channels, p.zero, p.is_signed, false};
  const WindowAxis& h = p.window.height;
  const auto image_lines = static_cast<std::size_t>(h.output);
  const std::size_t image_bytes = static_cast<std::size_t>(h.input * p.window.width.input) * p.channels;
  const auto most = static_cast<std::size_t>(lines.fitting_lines(kQLineBytes));
  Block b{p,
          lines.line_bytes(),
          ceil_divide(static_cast<std::size_t>(h.kernel), q_depthwise_rows(p.words)),
          q_depthwise_columns(p.window, p.words),
          0,
          0,
          0,
          0,
          0,
          0,
          {},
          {},
          {},
          {},
          {}};
  const auto* const copied = reinterpret_cast<const std::uint8_t*>(p.workspace);
  for (std::size_t line = p.line_begin, count; line < p.line_end; line += count) {
    const std::size_t image = line / image_lines, first = line % image_lines;
    count = smaller(most, smaller(image_lines - first, p.line_end - line));
    copy_lines(lines, p.x + image * image_bytes, input_place(h, static_cast<Index>(first), 0),
               lines.met_lines(static_cast<std::int64_t>(count)), p.workspace);
    for (std::size_t channel = 0; channel < p.channels; channel += kChannels) {
      choose_block(b, channel);
      take_constants(b, p.workspace + q_depthwise_lines_bytes(p.window, p.channels));
      const RunLine run = p.words ? line_function<Words>(b) : line_function<Bytes>(b);
      for (std::size_t i = 0; i < count; ++i)
        run(b, copied + i * static_cast<std::size_t>(h.stride) * lines.line_bytes() + channel,
            (line + i) * static_cast<std::size_t>(p.window.width.output));
    }
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
