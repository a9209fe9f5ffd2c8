// Natural logarithms on vectors. Included by kernel bodies only, after the vector layer.
#pragma once

namespace vivace::kernels::VIVACE_ISA::simd {

// ln x within 2 ulp: x = 2^n m with m in [1/sqrt 2, sqrt 2), then ln m = 2 atanh(s), s = (m-1)/(m+1), by five
// terms of its series (|s| < 0.172, the sixth is below 1e-9). Zero gives -infinity, negative numbers NaN.
VIVACE_INLINE Vec log(Vec x) {
  const Mask tiny = less(x, splat(1.17549435e-38f));
  const Vec scaled = select(tiny, mul(x, splat(33554432.0f)), x);
  // The bits less those of 1/sqrt 2 have n in the exponent's place.
  const IVec shifted = sub(bits(scaled), splat_int(0x3f3504f3));
  const IVec exponent = shift_right_signed<23>(shifted);
  const Vec m = from_bits(sub(bits(scaled), shift_left<23>(exponent)));
  const Vec n = sub(to_float(exponent), select(tiny, splat(25.0f), zero()));
  const Vec f = sub(m, splat(1.0f));
  const Vec s = div(f, add(splat(2.0f), f));
  const Vec u = mul(s, s);
  Vec p = splat(2.0f / 9);
  p = fma(p, u, splat(2.0f / 7));
  p = fma(p, u, splat(2.0f / 5));
  p = fma(p, u, splat(2.0f / 3));
  const Vec tail = fma(n, splat(-2.12194440e-4f), mul(mul(p, u), s));
  const Vec y = fma(n, splat(0.693359375f), add(add(s, s), tail));
  const Vec infinity = splat(__builtin_inff());
  const Vec limits = select(equal(x, zero()), negate(infinity), select(equal(x, infinity), infinity, y));
  // Not x >= 0, which is false for NaN too.
  return select(less_equal(zero(), x), limits, splat(__builtin_nanf("")));
}

// ln(1 + x) within 3 ulp, near zero too: ln of the rounded sum, and what the rounding lost.
VIVACE_INLINE Vec log1p(Vec x) {
  const Vec sum = add(splat(1.0f), x);
  const Vec lost = sub(x, sub(sum, splat(1.0f)));
  const Vec y = log(sum);
  const Mask exact = either(equal(lost, zero()), equal(sum, splat(__builtin_inff())));
  const Vec corrected = select(exact, y, add(y, div(lost, sum)));
  return select(equal(sum, splat(1.0f)), x, corrected);
}

}  // namespace vivace::kernels::VIVACE_ISA::simd
