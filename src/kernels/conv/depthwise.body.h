// Depthwise convolution: vectors over channels, up to eight neighbouring places at once.
#include "kernels/common/taps.h"
#include "kernels/conv/conv.h"
#include "kernels/matrix/sweep.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Eight accumulators hide the latency of multiply-add; a tap's weights are loaded once for eight places, so 9
// loads feed 8 multiply-adds and the loads of one instruction set's two ports are nearly the bound.
constexpr int kPlaces = 8;

// A run of places of one output line, and the taps that are real for all of them.
struct Run {
  const float* x;  // at tap (0, 0, 0) of the first place
  float* c;
  const float* residual;
  Taps depth, height, width;
};

template <int kCount>
void run_places(const Depthwise& p, const Run& r, std::size_t begin, std::size_t end) {
  const Window& w = p.window;
  const auto stride = static_cast<Index>(p.x_stride);
  const Index next_place = w.width.stride * stride, next_tap = w.width.dilation * stride;
  const Index next_row = w.height.dilation * w.width.input * stride;
  const Index next_plane = w.depth.dilation * w.height.input * w.width.input * stride;
  const bool simple = p.end.function == Function::clamp && !p.end.residual;
  const Vec low = simd::splat(p.end.a), high = simd::splat(p.end.b);
  for (std::size_t channel = begin; channel < end; channel += simd::kLanes) {
    const std::size_t n = smaller(end - channel, simd::kLanes);
    Vec sum[kCount];
#pragma GCC unroll 8
    for (int q = 0; q < kCount; ++q) sum[q] = simd::zero();
    for (Index a = r.depth.begin; a < r.depth.end; ++a)
      for (Index b = r.height.begin; b < r.height.end; ++b) {
        const float* x = r.x + a * next_plane + b * next_row + channel;
        const float* weights = p.weights + (a * w.height.kernel + b) * w.width.kernel * p.channels + channel;
        for (Index t = r.width.begin; t < r.width.end; ++t) {
          const float* tap = x + t * next_tap;
          const Vec weight = simd::load_n(weights + static_cast<std::size_t>(t) * p.channels, n);
#pragma GCC unroll 8
          for (int q = 0; q < kCount; ++q)
            sum[q] = simd::fma(simd::load_n(tap + q * next_place, n), weight, sum[q]);
        }
      }
    const Vec bias = simple && p.end.bias ? simd::load_n(p.end.bias + channel, n) : simd::zero();
#pragma GCC unroll 8
    for (int q = 0; q < kCount; ++q) {
      const Vec v = simple ? simd::min(high, simd::max(low, simd::add(sum[q], bias))) : sum[q];
      simd::store_n(r.c + static_cast<std::size_t>(q) * p.c_stride + channel, v, n);
    }
  }
  if (simple) return;
  End finishing = p.end;
  if (finishing.bias) finishing.bias += begin;
  if (finishing.residual) finishing.residual = r.residual + begin;
  finish({r.c + begin, p.c_stride, r.c + begin, p.c_stride, kCount, end - begin, finishing});
}

using RunPlaces = void (*)(const Depthwise&, const Run&, std::size_t, std::size_t);
constexpr RunPlaces kRunPlaces[kPlaces] = {run_places<1>, run_places<2>, run_places<3>, run_places<4>,
                                           run_places<5>, run_places<6>, run_places<7>, run_places<8>};

// Borders go one place at a time with fewer taps: no zeros are multiplied, so infinities stay what they are.
void run_line(const Depthwise& p, std::size_t line) {
  const Window& w = p.window;
  const Place place = place_at(w, line * static_cast<std::size_t>(w.width.output));
  const Taps inner = inner_places(w.width);
  const Index row = (place.image * w.depth.input + input_place(w.depth, place.depth, 0)) * w.height.input +
                    input_place(w.height, place.height, 0);
  const std::size_t begin = p.panel_begin * kPanel, end = smaller(p.panel_end * kPanel, p.channels);
  for (Index i = 0; i < w.width.output;) {
    const bool is_inner = i >= inner.begin && i < inner.end;
    const auto count = is_inner ? smaller(kPlaces, static_cast<std::size_t>(inner.end - i)) : 1;
    const std::size_t output = line * static_cast<std::size_t>(w.width.output) + static_cast<std::size_t>(i);
    const Index input = row * w.width.input + input_place(w.width, i, 0);
    const Run run{p.x + input * static_cast<Index>(p.x_stride),
                  p.c + output * p.c_stride,
                  p.end.residual ? p.end.residual + output * p.end.residual_stride : nullptr,
                  real_taps(w.depth, place.depth),
                  real_taps(w.height, place.height),
                  real_taps(w.width, i)};
    kRunPlaces[count - 1](p, run, begin, end);
    i += static_cast<Index>(count);
  }
}

}  // namespace

void depthwise(const Depthwise& p) noexcept {
  for (std::size_t line = p.line_begin; line < p.line_end; ++line) run_line(p, line);
}

}  // namespace vivace::kernels::VIVACE_ISA
