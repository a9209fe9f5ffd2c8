// The end of matrix-like kernels where it is more than bias and clamp on whole vectors.
#include "kernels/common/end.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// y[j] = min(max(x[j] + first[j] + second[j], low), high) of `count` floats; absent terms are null.
VIVACE_INLINE void add_terms(float* y, const float* x, const float* first, const float* second,
                             std::size_t count, Vec low, Vec high) {
  for (std::size_t j = 0; j < count; j += simd::kLanes) {
    const std::size_t n = count - j < simd::kLanes ? count - j : simd::kLanes;
    Vec v = simd::load_n(x + j, n);
    if (first) v = simd::add(v, simd::load_n(first + j, n));
    if (second) v = simd::add(v, simd::load_n(second + j, n));
    simd::store_n(y + j, simd::min(high, simd::max(low, v)), n);
  }
}

}  // namespace

void finish(const Finish& p) noexcept {
  const Vec lowest = simd::splat(-__builtin_inff()), highest = simd::splat(__builtin_inff());
  const bool clamps = p.end.function == Function::clamp;
  const Vec low = clamps ? simd::splat(p.end.a) : lowest, high = clamps ? simd::splat(p.end.b) : highest;
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* residual = p.end.residual ? p.end.residual + i * p.end.residual_stride : nullptr;
    float* const c = p.c + i * p.c_stride;
    add_terms(c, p.sums + i * p.sums_stride, p.end.bias, p.end.residual_last ? nullptr : residual, p.columns,
              low, high);
    if (!clamps) map({p.end.function, p.end.a, p.end.b, c, c, p.columns});
    if (residual && p.end.residual_last) add_terms(c, c, residual, nullptr, p.columns, lowest, highest);
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
