// Depthwise convolution: vectors over channels, up to eight neighbouring places at once.
#include "kernels/common/taps.h"
#include "kernels/conv/conv.h"
#include "kernels/matrix/sweep.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Eight accumulators hide the latency of multiply-add.
constexpr int kPlaces = 8;
// A place that goes alone has this many vectors of channels instead.
constexpr int kVecs = 4;
// Rows of a window that the loops for known windows can hold; others take the loop for any.
constexpr int kMaxRows = 32;

// A run of places of one output line, and the taps that are real for all of them; for a known window, `width`
// are the real ones of the columns that the places meet together, and each place meets at least one.
struct Run {
  const float* x;  // at the first real tap or column
  float* c;
  const float* residual;
  Taps depth, height, width;
};

// Floats from one place, tap, row or plane of x to the next.
struct Steps {
  Index place, tap, row, plane;
};

VIVACE_INLINE Steps steps_of(const Depthwise& p) {
  const Window& w = p.window;
  const auto stride = static_cast<Index>(p.x_stride), line = w.width.input * stride;
  return {w.width.stride * stride, w.width.dilation * stride, w.height.dilation * line,
          w.depth.dilation * w.height.input * line};
}

// The rows of a window that are real: where each starts in x, and its first weight.
struct Rows {
  const float* x[kMaxRows];
  const float* weights[kMaxRows];
  int count;
};

VIVACE_INLINE Rows rows_of(const Depthwise& p, const Run& r) {
  const Window& w = p.window;
  const Steps step = steps_of(p);
  Rows rows;
  rows.count = 0;
  for (Index a = r.depth.begin; a < r.depth.end; ++a)
    for (Index b = r.height.begin; b < r.height.end; ++b, ++rows.count) {
      rows.x[rows.count] = r.x + (a - r.depth.begin) * step.plane + (b - r.height.begin) * step.row;
      rows.weights[rows.count] =
          p.weights + (a * w.height.kernel + b) * w.width.kernel * static_cast<Index>(p.channels);
    }
  return rows;
}

// A whole vector, or its first n.
template <bool kWhole>
VIVACE_INLINE Vec load_first(const float* p, std::size_t n) {
  return kWhole ? simd::load(p) : simd::load_n(p, n);
}

// One row of the window for kCount places: each number of x is loaded once and meets every place that it
// belongs to, so that the multiply-adds are the bound and not the loads. The taps of a place still come in
// order. Columns outside the input are left out, not multiplied as zeros: infinities stay what they are.
//
//   columns     0 1 2 3 4 ...       kKernel = 3, kStride = 1: place q meets the columns q .. q + 2; those of
//   place 0     t t t               the first and the last places may lie outside
//   place 1       t t t
template <int kCount, int kKernel, int kStride, bool kWhole>
VIVACE_INLINE void add_row(Vec (&sum)[kCount], const float* x, std::size_t x_stride, const Taps& real,
                           const float* weights, std::size_t channels, std::size_t n) {
  constexpr int kColumns = (kCount - 1) * kStride + kKernel;
  Vec weight[kKernel];
#pragma GCC unroll 8
  for (int t = 0; t < kKernel; ++t)
    weight[t] = load_first<kWhole>(weights + static_cast<std::size_t>(t) * channels, n);
#pragma GCC unroll 32
  for (int j = 0; j < kColumns; ++j) {
    if ((j < kKernel - 1 && j < real.begin) || (j > kColumns - kKernel && j >= real.end)) continue;
    const Vec v = simd::in_register(load_first<kWhole>(x, n));
    x += x_stride;
#pragma GCC unroll 8
    for (int t = 0; t < kKernel; ++t)
      if (j >= t && (j - t) % kStride == 0 && (j - t) / kStride < kCount)
        sum[(j - t) / kStride] = simd::fma(v, weight[t], sum[(j - t) / kStride]);
  }
}

// Bias and bounds where the end is no more than that; else nothing, as finish() follows.
struct Ends {
  const float* bias;
  Vec low, high;
};
VIVACE_INLINE bool ends_here(const End& end) { return end.function == Function::clamp && !end.residual; }
VIVACE_INLINE Ends ends_of(const End& end) {
  const float infinity = __builtin_inff();
  if (ends_here(end)) return {end.bias, simd::splat(end.a), simd::splat(end.b)};
  return {nullptr, simd::splat(-infinity), simd::splat(infinity)};
}

// kCount neighbouring places with kKernel taps each, for the channels of kWide vectors from `channel` on, or
// for the first n of one.
template <int kCount, int kKernel, int kStride, int kWide, bool kWhole>
VIVACE_INLINE void run_vectors(const Depthwise& p, const Run& r, const Rows& rows, const Ends& ends,
                               std::size_t channel, std::size_t n) {
  const Taps real = r.width;
  Vec sum[kWide][kCount];
#pragma GCC unroll 4
  for (int i = 0; i < kWide; ++i)
#pragma GCC unroll 8
    for (int q = 0; q < kCount; ++q) sum[i][q] = simd::zero();
  for (int row = 0; row < rows.count; ++row)
#pragma GCC unroll 4
    for (int i = 0; i < kWide; ++i) {
      const std::size_t at = channel + static_cast<std::size_t>(i) * simd::kLanes;
      add_row<kCount, kKernel, kStride, kWhole>(sum[i], rows.x[row] + at, p.x_stride, real,
                                                rows.weights[row] + at, p.channels, n);
    }
#pragma GCC unroll 4
  for (int i = 0; i < kWide; ++i) {
    const std::size_t at = channel + static_cast<std::size_t>(i) * simd::kLanes;
    const Vec bias = ends.bias ? load_first<kWhole>(ends.bias + at, n) : simd::zero();
    float* c = r.c + at;
#pragma GCC unroll 8
    for (int q = 0; q < kCount; ++q, c += p.c_stride) {
      const Vec y = simd::min(ends.high, simd::max(ends.low, simd::add(sum[i][q], bias)));
      kWhole ? simd::store(c, y) : simd::store_n(c, y, n);
    }
  }
}

// All channels of a known window.
template <int kCount, int kKernel, int kStride>
VIVACE_INLINE void run_known(const Depthwise& p, const Run& r, std::size_t channel, std::size_t end) {
  // Few places are few chains of sums: more channels at once make up for them.
  constexpr int kWide = kCount == 1 ? kVecs : kCount <= kPlaces / 2 ? 2 : 1;
  const Rows rows = rows_of(p, r);
  const Ends ends = ends_of(p.end);
  for (; channel + kWide * simd::kLanes <= end; channel += kWide * simd::kLanes)
    run_vectors<kCount, kKernel, kStride, kWide, true>(p, r, rows, ends, channel, 0);
  if constexpr (kWide > 1)
    for (; channel + simd::kLanes <= end; channel += simd::kLanes)
      run_vectors<kCount, kKernel, kStride, 1, true>(p, r, rows, ends, channel, 0);
  if (channel < end)
    run_vectors<kCount, kKernel, kStride, 1, false>(p, r, rows, ends, channel, end - channel);
}

// Any window: kCount places times kWide vectors from `channel` on, of which the last holds n channels.
template <int kCount, int kWide>
VIVACE_INLINE void run_any(const Depthwise& p, const Run& r, std::size_t channel, std::size_t n) {
  const Window& w = p.window;
  const Steps step = steps_of(p);
  Vec sum[kCount * kWide];
#pragma GCC unroll 8
  for (int q = 0; q < kCount * kWide; ++q) sum[q] = simd::zero();
  for (Index a = r.depth.begin; a < r.depth.end; ++a)
    for (Index b = r.height.begin; b < r.height.end; ++b) {
      const float* x = r.x + (a - r.depth.begin) * step.plane + (b - r.height.begin) * step.row + channel;
      const float* weights = p.weights + (a * w.height.kernel + b) * w.width.kernel * p.channels + channel;
      for (Index t = r.width.begin; t < r.width.end; ++t) {
        const float *tap = x + (t - r.width.begin) * step.tap,
                    *from = weights + static_cast<std::size_t>(t) * p.channels;
#pragma GCC unroll 4
        for (int i = 0; i < kWide; ++i) {
          const Vec weight = simd::load_n(from + i * simd::kLanes, n);
#pragma GCC unroll 8
          for (int q = 0; q < kCount; ++q)
            sum[q * kWide + i] = simd::fma(simd::load_n(tap + q * step.place + i * simd::kLanes, n), weight,
                                           sum[q * kWide + i]);
        }
      }
    }
  const Ends ends = ends_of(p.end);
#pragma GCC unroll 4
  for (int i = 0; i < kWide; ++i) {
    const std::size_t first = channel + static_cast<std::size_t>(i) * simd::kLanes;
    const Vec bias = ends.bias ? simd::load_n(ends.bias + first, n) : simd::zero();
#pragma GCC unroll 8
    for (int q = 0; q < kCount; ++q)
      simd::store_n(r.c + static_cast<std::size_t>(q) * p.c_stride + first,
                    simd::min(ends.high, simd::max(ends.low, simd::add(sum[q * kWide + i], bias))), n);
  }
}

// What does not fill a vector; one for all windows, so that there are no forty copies of it.
template <int kCount>
[[gnu::noinline]] void run_rest(const Depthwise& p, const Run& r, std::size_t channel, std::size_t end) {
  for (; channel < end; channel += simd::kLanes)
    run_any<kCount, 1>(p, r, channel, smaller(end - channel, simd::kLanes));
}

template <int kCount, int kKernel, int kStride>
void run_places(const Depthwise& p, const Run& r, std::size_t begin, std::size_t end) {
  if constexpr (kKernel > 0) {
    run_known<kCount, kKernel, kStride>(p, r, begin, end);
  } else {
    constexpr int kWide = kCount == 1 ? kVecs : 1;
    std::size_t channel = begin;
    for (; channel + kWide * simd::kLanes <= end; channel += kWide * simd::kLanes)
      run_any<kCount, kWide>(p, r, channel, simd::kLanes);
    if (channel < end) run_rest<kCount>(p, r, channel, end);
  }
  if (ends_here(p.end)) return;
  End finishing = p.end;
  if (finishing.bias) finishing.bias += begin;
  if (finishing.residual) finishing.residual = r.residual + begin;
  finish({r.c + begin, p.c_stride, r.c + begin, p.c_stride, kCount, end - begin, finishing});
}

using RunPlaces = void (*)(const Depthwise&, const Run&, std::size_t, std::size_t);

// For 1 to kPlaces places.
template <int kKernel, int kStride>
struct Runs {
  static constexpr RunPlaces kCounts[kPlaces] = {
      run_places<1, kKernel, kStride>, run_places<2, kKernel, kStride>, run_places<3, kKernel, kStride>,
      run_places<4, kKernel, kStride>, run_places<5, kKernel, kStride>, run_places<6, kKernel, kStride>,
      run_places<7, kKernel, kStride>, run_places<8, kKernel, kStride>};
};

// The windows that networks are made of have loops of their own; null for others.
VIVACE_INLINE const RunPlaces* known_runs(const Window& window) {
  const WindowAxis& w = window.width;
  if (window.depth.kernel * window.height.kernel > kMaxRows || w.dilation != 1) return nullptr;
  if (w.kernel == 3 && w.stride == 1) return Runs<3, 1>::kCounts;
  if (w.kernel == 3 && w.stride == 2) return Runs<3, 2>::kCounts;
  if (w.kernel == 5 && w.stride == 1) return Runs<5, 1>::kCounts;
  if (w.kernel == 5 && w.stride == 2) return Runs<5, 2>::kCounts;
  return nullptr;
}

// How a line is cut into runs: places in `together` may share one, others go alone.
struct Cut {
  const RunPlaces* known;
  Taps together;
};

VIVACE_INLINE Cut cut_of(const Window& window) {
  const RunPlaces* const known = known_runs(window);
  return {known, known ? met_places(window.width) : inner_places(window.width)};
}

// The real taps of `count` places from i on; of a known window, the columns.
VIVACE_INLINE Taps width_of(const WindowAxis& w, const Cut& cut, Index i, Index count) {
  if (i < cut.together.begin || i >= cut.together.end) return real_taps(w, i);
  if (!cut.known) return {0, w.kernel};
  const Index start = input_place(w, i, 0), columns = (count - 1) * w.stride + w.kernel;
  return {start < 0 ? -start : 0, columns < w.input - start ? columns : w.input - start};
}

// The line that starts at `place`.
void run_line(const Depthwise& p, const Cut& cut, const Place& place, std::size_t line) {
  const Window& w = p.window;
  const Taps depth = real_taps(w.depth, place.depth), height = real_taps(w.height, place.height);
  // Counted from the first real tap, every address stays inside the input, however far the padding reaches.
  const bool none = depth.begin >= depth.end || height.begin >= height.end;
  const Index row =
      (place.image * w.depth.input + input_place(w.depth, place.depth, depth.begin)) * w.height.input +
      input_place(w.height, place.height, height.begin);
  const std::size_t begin = p.panel_begin * kPanel, end = smaller(p.panel_end * kPanel, p.channels);
  for (Index i = 0; i < w.width.output;) {
    const bool together = i >= cut.together.begin && i < cut.together.end;
    const std::size_t count = together ? smaller(kPlaces, static_cast<std::size_t>(cut.together.end - i)) : 1;
    const std::size_t output = line * static_cast<std::size_t>(w.width.output) + static_cast<std::size_t>(i);
    const Taps width = width_of(w.width, cut, i, static_cast<Index>(count));
    const bool empty = none || width.begin >= width.end;
    const Index input = empty ? 0 : row * w.width.input + input_place(w.width, i, width.begin);
    const Run run{p.x + input * static_cast<Index>(p.x_stride),
                  p.c + output * p.c_stride,
                  p.end.residual ? p.end.residual + output * p.end.residual_stride : nullptr,
                  depth,
                  height,
                  width};
    const RunPlaces* const runs = together && cut.known ? cut.known : Runs<0, 0>::kCounts;
    runs[count - 1](p, run, begin, end);
    i += static_cast<Index>(count);
  }
}

}  // namespace

void depthwise(const Depthwise& p) noexcept {
  if (p.line_begin >= p.line_end || p.window.width.output == 0) return;
  const Cut cut = cut_of(p.window);
  Place place = place_at(p.window, p.line_begin * static_cast<std::size_t>(p.window.width.output));
  for (std::size_t line = p.line_begin; line < p.line_end; ++line) {
    run_line(p, cut, place, line);
    advance(place, p.window, p.window.width.output);
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
