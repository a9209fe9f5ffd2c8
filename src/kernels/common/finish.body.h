// The end of matrix-like kernels where it is more than bias and clamp on whole vectors.
#include "kernels/common/end.h"
#include "kernels/elementwise/function_math.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// One row: y = f(x + bias + before) + after; absent terms are null.
struct Row {
  const float* x;
  float* y;
  const float *bias, *before, *after;
  float a, b;  // the function's
};

VIVACE_INLINE Vec add_n(Vec v, const float* term, std::size_t j, std::size_t n) {
  return term ? simd::add(v, simd::load_n(term + j, n)) : v;
}

template <int kCount>
VIVACE_INLINE simd::Wide<kCount> add_wide(const simd::Wide<kCount>& v, const float* term, std::size_t j) {
  return term ? add(v, simd::load_wide<kCount>(term + j)) : v;
}

template <Function kFunction, class V>
VIVACE_INLINE V end_value(V v, const Row& r) {
  const V zero = simd::zero(), one = simd::splat(1.0f), a = simd::splat(r.a), b = simd::splat(r.b);
  if constexpr (kFunction == Function::clamp)
    return min(b, max(a, v));
  else if constexpr (kFunction == Function::hard_sigmoid)
    return min(one, max(zero, fma(a, v, b)));
  else if constexpr (kFunction == Function::hard_silu)
    return mul(v, min(one, max(zero, fma(simd::splat(1.0f / 6), v, simd::splat(0.5f)))));
  else
    return apply_hot(kFunction, v);
}

template <Function kFunction, int kCount>
VIVACE_INLINE void end_vectors(const Row& r, std::size_t j) {
  const auto sum = add_wide(add_wide(simd::load_wide<kCount>(r.x + j), r.bias, j), r.before, j);
  simd::store_wide(r.y + j, add_wide(end_value<kFunction>(sum, r), r.after, j));
}

// All in one pass, several vectors at a time.
template <Function kFunction>
VIVACE_INLINE void end_row(const Row& r, std::size_t columns) {
  std::size_t j = 0;
  for (; j + simd::kWide * simd::kLanes <= columns; j += simd::kWide * simd::kLanes)
    end_vectors<kFunction, simd::kWide>(r, j);
  if constexpr (simd::kWide > 2) {
    if (j + 3 * simd::kLanes <= columns) {
      end_vectors<kFunction, 3>(r, j);
      j += 3 * simd::kLanes;
    } else if (j + 2 * simd::kLanes <= columns) {
      end_vectors<kFunction, 2>(r, j);
      j += 2 * simd::kLanes;
    }
  }
  for (; j < columns; j += simd::kLanes) {
    const std::size_t n = columns - j < simd::kLanes ? columns - j : simd::kLanes;
    const Vec sum = add_n(add_n(simd::load_n(r.x + j, n), r.bias, j, n), r.before, j, n);
    const simd::Wide<1> y = end_value<kFunction>(simd::Wide<1>(sum), r);
    simd::store_n(r.y + j, add_n(y.v[0], r.after, j, n), n);
  }
}

template <Function kFunction>
void end_rows(const Finish& p) {
  const End& end = p.end;
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* const residual = end.residual ? end.residual + i * end.residual_stride : nullptr;
    end_row<kFunction>(
        {p.sums + i * p.sums_stride, p.c + i * p.c_stride, end.bias, end.residual_last ? nullptr : residual,
         end.residual_last ? residual : nullptr, end.a, end.b},
        p.columns);
  }
}

// Functions that are not worth code of their own here: the sums first, then the function, then what is added.
void end_otherwise(const Finish& p) {
  Finish before = p, after = p;
  before.end.function = after.end.function = Function::clamp;
  before.end.a = after.end.a = -__builtin_inff();
  before.end.b = after.end.b = __builtin_inff();
  if (p.end.residual_last) before.end.residual = nullptr;
  end_rows<Function::clamp>(before);
  for (std::size_t i = 0; i < p.rows; ++i) {
    float* const c = p.c + i * p.c_stride;
    map({p.end.function, p.end.a, p.end.b, c, c, p.columns});
  }
  if (!p.end.residual || !p.end.residual_last) return;
  after.sums = p.c;
  after.sums_stride = p.c_stride;
  after.end.bias = nullptr;
  end_rows<Function::clamp>(after);
}

}  // namespace

void finish(const Finish& p) noexcept {
  switch (p.end.function) {
    case Function::clamp:
      return end_rows<Function::clamp>(p);
    case Function::sigmoid:
      return end_rows<Function::sigmoid>(p);
    case Function::tanh:
      return end_rows<Function::tanh>(p);
    case Function::silu:
      return end_rows<Function::silu>(p);
    case Function::gelu:
      return end_rows<Function::gelu>(p);
    case Function::gelu_tanh:
      return end_rows<Function::gelu_tanh>(p);
    case Function::hard_silu:
      return end_rows<Function::hard_silu>(p);
    case Function::hard_sigmoid:
      return end_rows<Function::hard_sigmoid>(p);
    default:
      return end_otherwise(p);
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
