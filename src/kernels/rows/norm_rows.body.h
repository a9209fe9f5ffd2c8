// Normalisation of rows: mean, variance about it, and one sweep that applies them; the row stays in cache.
#include "kernels/rows/rows.h"
#include "kernels/rows/tree.h"

namespace vivace::kernels::VIVACE_ISA {

void norm_rows(const NormRows& p) noexcept {
  const auto count = static_cast<float>(p.columns);
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* x = p.x + i * p.columns;
    float* y = p.y + i * p.columns;
    float mean = 0;
    if (p.kind == NormRows::Kind::layer)
      mean =
          tree_sum(p.columns, [&](std::size_t at, std::size_t lanes) { return load_some(x + at, lanes); }) /
          count;
    const Vec centre = simd::splat(mean);
    const float squares = tree_sum(p.columns, [&](std::size_t at, std::size_t lanes) {
      const Vec d = simd::sub(load_some(x + at, lanes), centre);
      return simd::mul(d, d);
    });
    // Written so that NaN stays.
    const float bounded = squares < p.epsilon ? p.epsilon : squares;
    const float deviation =
        __builtin_sqrtf(p.kind == NormRows::Kind::unit ? bounded : squares / count + p.epsilon);
    const Vec factor = simd::splat(1.0f / deviation);
    for_each_vector(p.columns, [&](std::size_t, std::size_t, std::size_t at, std::size_t lanes) {
      Vec v = simd::mul(simd::sub(load_some(x + at, lanes), centre), factor);
      if (p.scale) v = simd::mul(v, load_some(p.scale + at, lanes));
      if (p.shift) v = simd::add(v, load_some(p.shift + at, lanes));
      store_some(y + at, v, lanes);
    });
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
