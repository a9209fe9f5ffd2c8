// Softmax of rows: the maximum, then exponentials stored and summed, then one scaling.
#include "kernels/rows/rows.h"
#include "kernels/rows/tree.h"
#include "kernels/simd/math.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// A row that fits one block of lanes stays in registers: the same sums, as the other blocks hold nothing.
VIVACE_INLINE void softmax_short_row(const float* x, float* y, std::size_t columns) {
  Vec v[simd::kBlock];
  const auto lanes_of = [&](std::size_t block) {
    const std::size_t at = block * simd::kLanes, left = columns > at ? columns - at : 0;
    return left < simd::kLanes ? left : static_cast<std::size_t>(simd::kLanes);
  };
  for (std::size_t b = 0; b < simd::kBlock; ++b)
    v[b] = first_lanes(load_some(x + b * simd::kLanes, lanes_of(b)), simd::splat(-__builtin_inff()),
                       lanes_of(b));
  const Vec greatest = simd::splat(simd::block_max(v));
  for (std::size_t b = 0; b < simd::kBlock; ++b)
    v[b] = first_lanes(simd::exp(simd::sub(v[b], greatest)), simd::zero(), lanes_of(b));
  const Vec factor = simd::splat(1.0f / simd::block_sum(v));
  for (std::size_t b = 0; b < simd::kBlock; ++b)
    store_some(y + b * simd::kLanes, simd::mul(v[b], factor), lanes_of(b));
}

}  // namespace

// A row with NaN, or with nothing above -infinity, becomes NaN: -infinity less itself is NaN.
void softmax_rows(const SoftmaxRows& p) noexcept {
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* x = p.x + i * p.columns;
    float* y = p.y + i * p.columns;
    if (p.columns <= kBlockLanes && !p.log) {
      softmax_short_row(x, y, p.columns);
      continue;
    }
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
