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

// The function of all sums: rows that lie one after another are one, as a call for each few vectors would
// cost more than they do.
void map_rows(const Finish& p) {
  const bool dense = p.sums_stride == p.columns || (p.sums != p.c && p.sums_stride < 2 * p.columns);
  const std::size_t calls = dense ? 1 : p.rows;
  const std::size_t count = dense ? (p.rows - 1) * p.sums_stride + p.columns : p.columns;
  for (std::size_t i = 0; i < calls; ++i) {
    float* const sums = p.sums + i * p.sums_stride;
    map({p.end.function, p.end.a, p.end.b, sums, sums, count});
  }
}

}  // namespace

void finish(const Finish& p) noexcept {
  const Vec lowest = simd::splat(-__builtin_inff()), highest = simd::splat(__builtin_inff());
  const bool clamps = p.end.function == Function::clamp, adds_last = p.end.residual && p.end.residual_last;
  const Vec low = clamps ? simd::splat(p.end.a) : lowest, high = clamps ? simd::splat(p.end.b) : highest;
  const auto residual = [&](std::size_t row) { return p.end.residual + row * p.end.residual_stride; };
  float* const y = clamps && !adds_last ? p.c : p.sums;
  const std::size_t y_stride = clamps && !adds_last ? p.c_stride : p.sums_stride;
  for (std::size_t i = 0; i < p.rows; ++i)
    add_terms(y + i * y_stride, p.sums + i * p.sums_stride, p.end.bias,
              p.end.residual && !adds_last ? residual(i) : nullptr, p.columns, low, high);
  if (!clamps) map_rows(p);
  if (y == p.c && y_stride == p.c_stride && !adds_last) return;
  for (std::size_t i = 0; i < p.rows; ++i)
    add_terms(p.c + i * p.c_stride, p.sums + i * p.sums_stride, adds_last ? residual(i) : nullptr, nullptr,
              p.columns, lowest, highest);
}

}  // namespace vivace::kernels::VIVACE_ISA
