// A scale and a shift for each column.
#include "kernels/elementwise/function_math.h"

namespace vivace::kernels::VIVACE_ISA {

// One pass with the bounds in it: three flops for eight bytes moved are bound by memory.
void scale_shift(const ScaleShift& p) noexcept {
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

}  // namespace vivace::kernels::VIVACE_ISA
