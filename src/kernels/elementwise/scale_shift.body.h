// A scale and a shift for each column.
#include "kernels/elementwise/function_math.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// Columns up to which kLanes rows are taken as one: three channels fill no vector.
constexpr std::size_t kNarrow = 32;

// One pass with the bounds in it: three flops for eight bytes moved are bound by memory.
void scale_shift_rows(const ScaleShift& p) {
  const Vec low = simd::splat(p.low), high = simd::splat(p.high);
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* x = p.x + i * p.columns;
    float* y = p.y + i * p.columns;
    std::size_t j = 0;
    for (; j + simd::kLanes <= p.columns; j += simd::kLanes) {
      const Vec v = simd::fma(simd::load(x + j), simd::load(p.scale + j), simd::load(p.shift + j));
      simd::store(y + j, clamped(v, low, high));
    }
    if (const std::size_t n = p.columns - j; n != 0) {
      const Vec v =
          simd::fma(simd::load_n(x + j, n), simd::load_n(p.scale + j, n), simd::load_n(p.shift + j, n));
      simd::store_n(y + j, clamped(v, low, high), n);
    }
  }
}

}  // namespace

void scale_shift(const ScaleShift& p) noexcept {
  constexpr std::size_t kGroup = simd::kLanes;
  if (p.columns >= kNarrow || p.columns % kGroup == 0 || p.rows < 2 * kGroup) return scale_shift_rows(p);
  float scale[kNarrow * kGroup], shift[kNarrow * kGroup];
  for (std::size_t i = 0; i < kGroup * p.columns; ++i) {
    scale[i] = p.scale[i % p.columns];
    shift[i] = p.shift[i % p.columns];
  }
  const std::size_t groups = p.rows / kGroup, done = groups * kGroup;
  scale_shift_rows({p.x, scale, shift, p.y, groups, kGroup * p.columns, p.low, p.high});
  scale_shift_rows({p.x + done * p.columns, p.scale, p.shift, p.y + done * p.columns, p.rows - done,
                    p.columns, p.low, p.high});
}

}  // namespace vivace::kernels::VIVACE_ISA
