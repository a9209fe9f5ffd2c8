// Depthwise convolution of bytes: as many channels at a time as a vector has bytes.
//
// The columns that a stretch of an output line meets are zipped once (kernels/quantised/zipped.h); then each
// place is one dot product for each kernel column:
//
//   columns    x0 x1 x2 x3 x4 ..    of kernel rows 0 to 3, a number of 32 bits for each channel
//   place 0    x0 w0 + x1 w1 + x2 w2
//   place 1         x1 w0 + x2 w1 + x3 w2
#include "kernels/common/taps.h"
#include "kernels/quantised/slide.h"

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

// A stretch of vectors of a line; those of n places, the first of which is `place` of the output.
template <int kKernel, int kStep, End kEnd, class Dot>
void run_stretch(const Block& b, std::size_t place, std::size_t n) {
  const ZippedEnd<kEnd> end(b);
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
      end.store(b, place, some, sum[q]);
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
  if constexpr (Dot::kTogether == 2) {  // else columns slide, but where there are hardly any channels
    if (b.dilation == 1 && taps == 5 && step == 1) return run_line<5, 1, kEnd, Dot>;
    if (b.dilation == 1 && taps == 5 && step == 2) return run_line<5, 2, kEnd, Dot>;
  }
  return run_line<0, 0, kEnd, Dot>;
}

// All lines, copied with their padding, by blocks that stay in the cache for all channels.
template <class Dot>
void run_lines(Block& b, const QLines& lines, std::byte* constants) {
  const QDepthwise& p = b.p;
  const WindowAxis& h = p.window.height;
  const auto image_lines = static_cast<std::size_t>(h.output);
  const std::size_t image_bytes = static_cast<std::size_t>(h.input * p.window.width.input) * p.channels;
  const auto most = static_cast<std::size_t>(lines.fitting_lines(kQLineBytes));
  const auto* const copied = reinterpret_cast<const std::uint8_t*>(p.workspace);
  for (std::size_t line = p.line_begin, count; line < p.line_end; line += count) {
    const std::size_t image = line / image_lines, first = line % image_lines;
    count = smaller(most, smaller(image_lines - first, p.line_end - line));
    copy_lines(lines, p.x + image * image_bytes, input_place(h, static_cast<Index>(first), 0),
               lines.met_lines(static_cast<std::int64_t>(count)), p.workspace);
    for (std::size_t channel = 0; channel < p.channels; channel += kChannels) {
      choose_block(b, channel);
      take_constants(b, constants);
      const RunLine run = with_end(p, [&]<End kEnd>() { return line_function<kEnd, Dot>(b); });
      for (std::size_t i = 0; i < count; ++i)
        run(b, copied + i * static_cast<std::size_t>(h.stride) * lines.line_bytes() + channel,
            (line + i) * static_cast<std::size_t>(p.window.width.output));
    }
  }
}

}  // namespace

void q_depthwise(const QDepthwise& p) noexcept {
  const QLines lines{p.window, p.channels, p.channels, p.zero, p.is_signed, false};
  std::byte* const constants = p.workspace + q_depthwise_lines_bytes(p.window, p.channels);
  Block b{p};
  b.line_bytes = lines.line_bytes();
  b.groups = ceil_divide(static_cast<std::size_t>(p.window.height.kernel), q_depthwise_rows(p.words));
  b.fit = q_depthwise_columns(p.window, p.words);
#ifdef VIVACE_DOT_BYTES
  if (slides(p)) return slide(b, lines, constants);
#endif
  if (p.words)
    run_lines<Words>(b, lines, constants);
  else
    run_lines<Bytes>(b, lines, constants);
}

}  // namespace vivace::kernels::VIVACE_ISA
