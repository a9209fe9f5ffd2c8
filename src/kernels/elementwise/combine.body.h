// A function of two elements, with broadcasting along rows and columns.
#include "kernels/elementwise/function_math.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// A column that repeats is read once a row.
VIVACE_INLINE Vec operand(const float* row, std::ptrdiff_t step, Vec repeated, std::size_t j, std::size_t n) {
  if (step == 0) return repeated;
  return n == simd::kLanes ? simd::load(row + j) : simd::load_n(row + j, n);
}

template <Pair kPair, int kStepA, int kStepB>
void combine_rows(const Combine& p) {
  const Vec low = simd::splat(p.low), high = simd::splat(p.high);
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* a = p.a.data + static_cast<std::ptrdiff_t>(i) * p.a.row;
    const float* b = p.b.data + static_cast<std::ptrdiff_t>(i) * p.b.row;
    float* y = p.y + i * p.columns;
    const Vec va = simd::splat(*a), vb = simd::splat(*b);
    std::size_t j = 0;
    for (; j + simd::kLanes <= p.columns; j += simd::kLanes) {
      const Vec left = operand(a, kStepA, va, j, simd::kLanes);
      const Vec right = operand(b, kStepB, vb, j, simd::kLanes);
      simd::store(y + j, clamped(apply(kPair, left, right), low, high));
    }
    if (const std::size_t n = p.columns - j; n != 0) {
      const Vec left = operand(a, kStepA, va, j, n), right = operand(b, kStepB, vb, j, n);
      simd::store_n(y + j, clamped(apply(kPair, left, right), low, high), n);
    }
  }
}

template <Pair kPair>
void combine_as(const Combine& p) {
  if (p.a.column != 0 && p.b.column != 0) return combine_rows<kPair, 1, 1>(p);
  if (p.a.column != 0) return combine_rows<kPair, 1, 0>(p);
  if (p.b.column != 0) return combine_rows<kPair, 0, 1>(p);
  return combine_rows<kPair, 0, 0>(p);
}

}  // namespace

void combine(const Combine& p) noexcept {
  if (p.columns == 0) return;
  switch (p.pair) {
#define PAIR(name) \
  case Pair::name: \
    return combine_as<Pair::name>(p);
#include "kernels/elementwise/pairs.inc"
#undef PAIR
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
