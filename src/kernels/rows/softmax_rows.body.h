// Softmax of rows: the maximum, then exponentials stored and summed, then one scaling.
#include "kernels/rows/rows.h"
#include "kernels/rows/tree.h"
#include "kernels/simd/math.h"

namespace vivace::kernels::VIVACE_ISA {

// A row with NaN, or with nothing above -infinity, becomes NaN: -infinity less itself is NaN.
void softmax_rows(const SoftmaxRows& p) noexcept {
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* x = p.x + i * p.columns;
    float* y = p.y + i * p.columns;
    const float most =
        tree_max(p.columns, [&](std::size_t at, std::size_t lanes) { return load_some(x + at, lanes); });
    const Vec greatest = simd::splat(most);
    const float sum = tree_sum(p.columns, [&](std::size_t at, std::size_t lanes) {
      const Vec e = simd::exp(simd::sub(load_some(x + at, lanes), greatest));
      if (!p.log) store_some(y + at, e, lanes);
      return e;
    });
    const Vec factor = simd::splat(1.0f / sum), shift = simd::splat(p.log ? __builtin_logf(sum) : 0.0f);
    for_each_vector(p.columns, [&](std::size_t, std::size_t, std::size_t at, std::size_t lanes) {
      const Vec v = p.log ? simd::sub(simd::sub(load_some(x + at, lanes), greatest), shift)
                          : simd::mul(load_some(y + at, lanes), factor);
      store_some(y + at, v, lanes);
    });
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
