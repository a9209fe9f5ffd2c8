// Depthwise convolution of bytes whose columns slide through registers. Included by kernel bodies only.
//
// A column of the image is read where it lies, zipped once, and meets every place that it belongs to:
//
//   column     x0        x1        x2        x3
//   place 0    x0 w0  +  x1 w1  +  x2 w2 -> end
//   place 1              x1 w0  +  x2 w1  +  x3 w2 -> end
//   place 2                        x2 w0  +  x3 w1  + ..
//
// Where few channels are left, a line falls into stretches of equal length, and a vector holds the same place
// of each.
#pragma once

#include "kernels/common/taps.h"
#include "kernels/quantised/zipped_end.h"

#ifdef VIVACE_DOT_BYTES
namespace vivace::kernels::VIVACE_ISA {
namespace {

constexpr std::size_t kBytes = sizeof(simd::Bytes), kMostRows = 5;

// The rows of the image that an output line meets, at a block's channels.
struct SlideRows {
  const std::uint8_t* at[kMostRows];  // `outside` where there is none
  std::size_t column[kMostRows];      // bytes from a column to the next, 0 outside
  const std::uint8_t* outside;        // the zero point
};

// Lines [begin, end) of the output's image.
struct SlideLines {
  std::size_t image, of_image, begin, end;
  const std::uint8_t* outside;
};

// Adds a column to the sums of the places that it belongs to, the newest of which is the first.
template <int kKernel, int kStep, int kPhase, int kSums>
VIVACE_INLINE void add_column(const std::int32_t* weights, const simd::Bytes (&x)[kKernel],
                              IVec (&sum)[kSums][kVecs]) {
#pragma GCC unroll 2
  for (int g = 0; g < kKernel; g += 4) {
    const auto row = [&](int i) { return x[i < kKernel ? i : kKernel - 1]; };
    simd::Bytes v[kVecs];
    zip<Bytes>({row(g), row(g + 1), row(g + 2), row(g + 3)}, v);
#pragma GCC unroll 5
    for (int t = kPhase; t < kKernel; t += kStep)
#pragma GCC unroll 4
      for (std::size_t k = 0; k < kVecs; ++k)
        sum[t / kStep][k] =
            Bytes::dot(sum[t / kStep][k], v[k],
                       simd::load_int(weights + static_cast<std::size_t>(g / 4 * kKernel + t) * kChannels +
                                      k * simd::kLanes));
  }
}

// The rows of a column; those of a vector's pieces are `stretch` columns apart.
template <int kKernel, int kPieces>
VIVACE_INLINE void load_column(const SlideRows& rows, const WindowAxis& w, Index column, Index stretch,
                               simd::Bytes (&x)[kKernel]) {
#pragma GCC unroll 5
  for (int i = 0; i < kKernel; ++i)
    x[i] = simd::load_parts<kPieces>([&](std::size_t piece) {
      const Index at = column + static_cast<Index>(piece) * stretch;
      return is_inside(w, at) ? rows.at[i] + static_cast<std::size_t>(at) * rows.column[i] : rows.outside;
    });
}

// The last line of an image is read from its copy, so that vectors may read behind it.
SlideRows rows_at(const Block& b, const SlideLines& lines, std::size_t line) {
  const WindowAxis& h = b.p.window.height;
  const std::size_t channels = b.p.channels,
                    line_bytes = static_cast<std::size_t>(b.p.window.width.input) * channels;
  SlideRows rows{{}, {}, lines.outside};
  for (std::size_t i = 0; i < b.taps(); ++i) {
    const Index y = input_place(h, static_cast<Index>(line), static_cast<Index>(i));
    const std::size_t from = lines.image * static_cast<std::size_t>(h.input) + static_cast<std::size_t>(y);
    rows.at[i] = !is_inside(h, y)   ? lines.outside
                 : y == h.input - 1 ? reinterpret_cast<const std::uint8_t*>(b.p.workspace) + b.channel
                                    : b.p.x + from * line_bytes + b.channel;
    rows.column[i] = is_inside(h, y) ? channels : 0;
  }
  return rows;
}

// Sums slide on by a place; a new one begins.
template <int kSums>
VIVACE_INLINE void slide_on(const std::int32_t* bias, IVec (&sum)[kSums][kVecs]) {
#pragma GCC unroll 5
  for (int s = kSums - 1; s > 0; --s)
#pragma GCC unroll 4
    for (std::size_t k = 0; k < kVecs; ++k) sum[s][k] = sum[s - 1][k];
#pragma GCC unroll 4
  for (std::size_t k = 0; k < kVecs; ++k) sum[0][k] = simd::load_int(bias + k * simd::kLanes);
}

// What the columns outside the image add, where they are the same for every line and a vector has one place:
// to the sums that a line begins with, and to those of its last places.
template <int kKernel>
struct Edges {
  alignas(64) std::int32_t start[kKernel][kChannels];  // the newest first
  alignas(64) std::int32_t last[kKernel][kChannels];   // [i]: the last i + 1 columns of the kernel

  // `before` columns lie outside at the left, fewer than the kernel has.
  Edges(const std::int32_t* weights, const std::int32_t* bias, Index before, simd::Bytes outside) {
    simd::Bytes x[kKernel];
    for (simd::Bytes& row : x) row = outside;
    IVec sum[kKernel][kVecs];
    for (int s = 0; s < kKernel; ++s) slide_on<kKernel>(bias, sum);
    for (Index i = 0; i < before; ++i) {
      add_column<kKernel, 1, 0>(weights, x, sum);
      slide_on<kKernel>(bias, sum);
    }
    keep(sum, start);
    IVec all[kKernel][kVecs];  // of each column of the kernel
    for (auto& column : all)
      for (IVec& v : column) v = simd::splat_int(0);
    add_column<kKernel, 1, 0>(weights, x, all);
    for (int t = kKernel - 2; t >= 0; --t)
      for (std::size_t k = 0; k < kVecs; ++k) all[t][k] = simd::add(all[t][k], all[t + 1][k]);
    for (int t = 0; t < kKernel; ++t)
      for (std::size_t k = 0; k < kVecs; ++k)
        simd::store_int(last[kKernel - 1 - t] + k * simd::kLanes, all[t][k]);
  }

 private:
  static void keep(const IVec (&sum)[kKernel][kVecs], std::int32_t (&to)[kKernel][kChannels]) {
    for (int s = 0; s < kKernel; ++s)
      for (std::size_t k = 0; k < kVecs; ++k) simd::store_int(to[s] + k * simd::kLanes, sum[s][k]);
  }
};
struct NoEdges {};

// Output lines of an image. Sums that a line leaves unfinished belong to no place of the next.
template <int kKernel, int kStep, int kPieces, End kEnd>
void slide_lines(const Block& b, const SlideLines& lines) {
  constexpr int kSums = (kKernel + kStep - 1) / kStep;
  constexpr bool kEdges = kStep == 1 && kPieces == 1;
  const WindowAxis w = b.p.window.width;
  const ZippedEnd<kEnd> end(b);
  const std::int32_t *const weights = b.weights, *const bias = b.bias;
  const simd::Bytes flip = simd::splat_byte(b.p.is_signed ? 128 : 0);
  const auto places = static_cast<Index>(b.next_place);
  const Index before = kEdges ? w.before : 0, first = 1 - kSums + before,
              inside = kEdges && w.input + first < places ? w.input + first : places;
  const auto edges = [&] {
    if constexpr (kEdges)
      return Edges<kKernel>(weights, bias, before, simd::flip_bytes(simd::load_bytes(lines.outside), flip));
    else
      return NoEdges{};
  }();
  IVec sum[kSums][kVecs];
#pragma GCC unroll 5
  for (int s = 0; s < kSums; ++s) slide_on<kSums>(bias, sum);
  const auto add = [&]<int kPhase>(const SlideRows& rows, Index column) __attribute__((always_inline)) {
    simd::Bytes x[kKernel];
    load_column<kKernel, kPieces>(rows, w, column, places * kStep, x);
#pragma GCC unroll 5
    for (int i = 0; i < kKernel; ++i) x[i] = simd::flip_bytes(x[i], flip);
    add_column<kKernel, kStep, kPhase>(weights, x, sum);
  };
  for (std::size_t line = lines.begin; line < lines.end; ++line) {
    const SlideRows rows = rows_at(b, lines, line);
    const std::size_t place = (lines.image * lines.of_image + line) * static_cast<std::size_t>(w.output);
    if constexpr (kEdges)
#pragma GCC unroll 5
      for (int s = 0; s < kSums; ++s)
#pragma GCC unroll 4
        for (std::size_t k = 0; k < kVecs; ++k) sum[s][k] = simd::load_int(edges.start[s] + k * simd::kLanes);
    Index column = kEdges ? 0 : -w.before, i = first;
    for (; i < inside; ++i) {
      add.template operator()<0>(rows, column++);
      if constexpr (kStep == 2) add.template operator()<1>(rows, column++);
      if (i >= 0) {
        std::size_t some = 1;
#pragma GCC unroll 4
        for (Index piece = 1; piece < kPieces; ++piece) some += i + piece * places < w.output ? 1 : 0;
        end.store(b, place + static_cast<std::size_t>(i), some, sum[kSums - 1]);
      }
      slide_on<kSums>(bias, sum);
    }
    if constexpr (kEdges)
      for (const std::int32_t* last = edges.last[0]; i < places; ++i, last += kChannels) {
        IVec whole[kVecs];
#pragma GCC unroll 4
        for (std::size_t k = 0; k < kVecs; ++k)
          whole[k] = simd::add(sum[kSums - 1][k], simd::load_int(last + k * simd::kLanes));
        if (i >= 0) end.store(b, place + static_cast<std::size_t>(i), 1, whole);
        slide_on<kSums>(bias, sum);
      }
  }
}

using RunSlide = void (*)(const Block&, const SlideLines&);

template <int kKernel, int kStep, End kEnd>
RunSlide slide_function(std::size_t pieces) {
  if (pieces == 1) return slide_lines<kKernel, kStep, 1, kEnd>;
  if (pieces == 2 || kMostPieces == 2) return slide_lines<kKernel, kStep, 2, kEnd>;
  return slide_lines<kKernel, kStep, kMostPieces, kEnd>;
}

template <End kEnd>
RunSlide slide_function(const Block& b) {
  const bool by_one = b.stride() == 1;
  if (b.taps() == 3)
    return by_one ? slide_function<3, 1, kEnd>(b.pieces) : slide_function<3, 2, kEnd>(b.pieces);
  return by_one ? slide_function<5, 1, kEnd>(b.pieces) : slide_function<5, 2, kEnd>(b.pieces);
}

// The block's channels from `channel` on.
void choose_slide(Block& b, std::size_t channel) {
  const std::size_t left = b.p.channels - channel;
  b.channel = channel;
  b.channels = smaller(left, kChannels);
  b.places = b.pieces = left <= kChannels / kMostPieces ? kMostPieces : left <= kChannels / 2 ? 2 : 1;
  b.next_place = ceil_divide(static_cast<std::size_t>(b.p.window.width.output), b.pieces);
}

// Whether there is such a kernel; where a place has fewer channels than a piece, zipping it apart is cheaper.
bool slides(const QDepthwise& p) {
  const WindowAxis &h = p.window.height, &w = p.window.width;
  const Index after = (w.output - 1) * w.stride + w.kernel - w.before - w.input;
  return !p.words && w.before < w.kernel && after < w.kernel && h.kernel == w.kernel &&
         (w.kernel == 3 || w.kernel == 5) && h.dilation == 1 && w.dilation == 1 && w.stride <= 2 &&
         p.channels >= kChannels / kMostPieces;
}

// By blocks of so many lines of an image that what they meet stays in the cache for all channels.
void slide(Block& b, const QLines& copied, std::byte* constants) {
  const QDepthwise& p = b.p;
  const WindowAxis& h = p.window.height;
  const auto of_image = static_cast<std::size_t>(h.output),
             most = static_cast<std::size_t>(copied.fitting_lines(kQLineBytes));
  const std::size_t line_bytes = static_cast<std::size_t>(p.window.width.input) * p.channels;
  for (std::size_t line = p.line_begin; line < p.line_end;) {
    const std::size_t image = line / of_image, begin = line % of_image;
    const std::size_t end = smaller(begin + most, smaller(of_image, begin + p.line_end - line));
    if (input_place(h, static_cast<Index>(end) - 1, h.kernel - 1) >= h.input - 1)
      __builtin_memcpy(p.workspace, p.x + ((image + 1) * static_cast<std::size_t>(h.input) - 1) * line_bytes,
                       line_bytes);
    for (std::size_t channel = 0; channel < p.channels; channel += kChannels) {
      choose_slide(b, channel);
      take_constants(b, constants);
      auto* const outside = reinterpret_cast<std::uint8_t*>(b.columns);
      __builtin_memset(outside, p.zero, kBytes);
      const RunSlide run = with_end(p, [&]<End kEnd>() { return slide_function<kEnd>(b); });
      run(b, {image, of_image, begin, end, outside});
    }
    line += end - begin;
  }
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
#endif
