// Sums and extremes of columns: global pooling of NHWC images.
#include "kernels/rows/rows.h"
#include "kernels/rows/tree.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// Rows whose sum is made first: the error of a long sum grows with the number of these, not of rows.
constexpr std::size_t kRun = 64;
constexpr int kVecs = 4;

template <Fold kFold>
VIVACE_INLINE Vec take(Vec so_far, Vec x, Vec centre) {
  if constexpr (kFold == Fold::sum) return simd::add(so_far, x);
  if constexpr (kFold == Fold::squares) return simd::fma(simd::sub(x, centre), simd::sub(x, centre), so_far);
  if constexpr (kFold == Fold::maximum) return larger(so_far, x);
  if constexpr (kFold == Fold::minimum) return smaller(so_far, x);
}

template <Fold kFold>
VIVACE_INLINE Vec join(Vec a, Vec b) {
  return kFold == Fold::squares ? simd::add(a, b) : take<kFold>(a, b, b);
}

template <Fold kFold, int kCount>
void fold_some(const FoldColumns& p, std::size_t column, std::size_t lanes) {
  constexpr float kStart = kFold == Fold::maximum   ? -__builtin_inff()
                           : kFold == Fold::minimum ? __builtin_inff()
                                                    : 0.0f;
  Vec total[kCount], centre[kCount];
#pragma GCC unroll 4
  for (int q = 0; q < kCount; ++q) {
    total[q] = simd::splat(kStart);
    centre[q] = p.centre ? load_some(p.centre + column + static_cast<std::size_t>(q) * simd::kLanes, lanes)
                         : simd::zero();
  }
  for (std::size_t row = 0; row < p.rows; row += kRun) {
    const std::size_t rows = p.rows - row < kRun ? p.rows - row : kRun;
    Vec run[kCount];
#pragma GCC unroll 4
    for (int q = 0; q < kCount; ++q) run[q] = simd::splat(kStart);
    for (std::size_t i = 0; i < rows; ++i) {
      const float* x = p.x + (row + i) * p.stride + column;
#pragma GCC unroll 4
      for (int q = 0; q < kCount; ++q)
        run[q] =
            take<kFold>(run[q], load_some(x + static_cast<std::size_t>(q) * simd::kLanes, lanes), centre[q]);
    }
#pragma GCC unroll 4
    for (int q = 0; q < kCount; ++q) total[q] = join<kFold>(total[q], run[q]);
  }
#pragma GCC unroll 4
  for (int q = 0; q < kCount; ++q)
    store_some(p.y + column + static_cast<std::size_t>(q) * simd::kLanes, total[q], lanes);
}

template <Fold kFold>
void fold_as(const FoldColumns& p) {
  std::size_t column = 0;
  for (; column + kVecs * simd::kLanes <= p.columns; column += kVecs * simd::kLanes)
    fold_some<kFold, kVecs>(p, column, simd::kLanes);
  for (; column < p.columns; column += simd::kLanes)
    fold_some<kFold, 1>(p, column, p.columns - column < simd::kLanes ? p.columns - column : simd::kLanes);
}

}  // namespace

void fold_columns(const FoldColumns& p) noexcept {
  switch (p.fold) {
    case Fold::sum:
      return fold_as<Fold::sum>(p);
    case Fold::squares:
      return fold_as<Fold::squares>(p);
    case Fold::maximum:
      return fold_as<Fold::maximum>(p);
    case Fold::minimum:
      return fold_as<Fold::minimum>(p);
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
