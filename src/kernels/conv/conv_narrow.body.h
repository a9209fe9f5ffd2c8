// Convolution with few outputs: vectors run along the input channels, as the outputs would fill none.
//
// A tile of kRows places and up to kOutputs outputs loads kRows vectors of x and one of weights for each
// output, for as many multiply-adds as the two numbers' product. The sums' 16 lanes are folded in one order.
#include <array>
#include <utility>

#include "kernels/conv/row_pointers.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Sums that registers can hold: places times outputs times the vectors that make 16 lanes.
constexpr int kRows = simd::kRegisters >= 32 ? 4 : simd::kBlock <= 2 ? 2 : 1;
constexpr std::size_t kMostOutputs = 4;
// Of a place alone, more outputs hide what the sums of one row would wait for.
constexpr std::size_t kMostAlone = simd::kRegisters >= 32 ? 8 : 4;
// Places whose sums are ended together.
constexpr std::size_t kTogether = 64;

template <bool kWhole>
VIVACE_INLINE Vec load_lanes(const float* p, std::size_t n) {
  return simd::in_register(kWhole ? simd::load(p) : simd::load_n(p, n));
}

// kWhole: every tap is a whole number of 16 lanes.
template <int kHeight, int kOutputs, bool kWhole>
void sum_places(const float* weights, const Plan& plan, const float* const* pointers, float* sums,
                std::size_t stride) {
  Vec sum[kHeight][kOutputs][simd::kBlock];
#pragma GCC unroll 4
  for (int r = 0; r < kHeight; ++r)
#pragma GCC unroll 8
    for (int o = 0; o < kOutputs; ++o)
#pragma GCC unroll 4
      for (int b = 0; b < simd::kBlock; ++b) sum[r][o][b] = simd::zero();

  const std::size_t depth = plan.taps * plan.run;
  for (std::size_t tap = 0; tap < plan.taps; ++tap, pointers += kHeight, weights += plan.run) {
    const float* row[kHeight];
#pragma GCC unroll 4
    for (int r = 0; r < kHeight; ++r) row[r] = pointers[r];
    for (std::size_t k = 0; k < plan.run; k += kPanel)
#pragma GCC unroll 4
      for (int b = 0; b < simd::kBlock; ++b) {
        const std::size_t at = k + static_cast<std::size_t>(b) * simd::kLanes;
        if (!kWhole && at >= plan.run) break;
        const std::size_t n = kWhole ? simd::kLanes : smaller(simd::kLanes, plan.run - at);
        Vec x[kHeight];
#pragma GCC unroll 4
        for (int r = 0; r < kHeight; ++r) x[r] = load_lanes<kWhole>(row[r] + at, n);
#pragma GCC unroll 8
        for (int o = 0; o < kOutputs; ++o) {
          const Vec w = load_lanes<kWhole>(weights + static_cast<std::size_t>(o) * depth + at, n);
#pragma GCC unroll 4
          for (int r = 0; r < kHeight; ++r) sum[r][o][b] = simd::fma(x[r], w, sum[r][o][b]);
        }
      }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kHeight; ++r)
#pragma GCC unroll 8
    for (int o = 0; o < kOutputs; ++o)
      sums[static_cast<std::size_t>(r) * stride + static_cast<std::size_t>(o)] = simd::block_sum(sum[r][o]);
}

using SumPlaces = void (*)(const float*, const Plan&, const float* const*, float*, std::size_t);
template <int kHeight, bool kWhole, int... kOutputs>
constexpr std::array<SumPlaces, sizeof...(kOutputs)> sums_of(std::integer_sequence<int, kOutputs...>) {
  return {sum_places<kHeight, kOutputs + 1, kWhole>...};
}
template <int kHeight, bool kWhole>
constexpr auto kSums =
    sums_of<kHeight, kWhole>(std::make_integer_sequence<int, kHeight == 1 ? kMostAlone : kMostOutputs>());

// The sums of `height` places, kRows or one, for all outputs.
VIVACE_INLINE void sum_outputs(const Conv& p, const Plan& plan, std::size_t height,
                               const float* const* pointers, float* sums) {
  const bool whole = plan.run % kPanel == 0;
  const SumPlaces* const tiles = height == 1 ? (whole ? kSums<1, true> : kSums<1, false>).data()
                                             : (whole ? kSums<kRows, true> : kSums<kRows, false>).data();
  const std::size_t outputs = p.group_outputs;
  const std::size_t groups = ceil_divide(outputs, height == 1 ? kMostAlone : kMostOutputs);
  for (std::size_t i = 0, o = 0, n; i < groups; ++i, o += n) {
    n = even_share(outputs, groups, i);
    tiles[n - 1](p.weights + o * plan.taps * plan.run, plan, pointers, sums + o, outputs);
  }
}

}  // namespace

void conv_narrow(const Conv& p) noexcept {
  const Plan plan = plan_of(p);
  const float* pointers[kMaxPointers];
  float border[kBorderFloats], sums[kTogether * kMostNarrow];
  Place place = place_at(p.window, p.row_begin);
  const std::size_t outputs = p.group_outputs;
  for (std::size_t row = p.row_begin; row < p.row_end; row += kTogether) {
    const std::size_t rows = smaller(kTogether, p.row_end - row);
    for (std::size_t i = 0; i < rows;) {
      const std::size_t height = rows - i >= kRows ? kRows : 1;
      Filler filler{p, plan, p.x, border};
      fill_tile(filler, place, height, pointers);
      sum_outputs(p, plan, height, pointers, sums + i * outputs);
      i += height;
    }
    End end = p.end;
    if (end.residual) end.residual += row * end.residual_stride;
    finish({sums, outputs, p.c + row * p.c_stride, p.c_stride, rows, outputs, end});
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
