// Elementary functions on vectors, written once on top of the vector layer. Included by kernel bodies only.
#pragma once

#ifndef VIVACE_ISA
#error "simd/math.h needs VIVACE_ISA and that instruction set's vector layer"
#endif

namespace vivace::kernels::VIVACE_ISA::simd {

// e^r - 1 for |r| <= ln 2 / 2: a degree-6 polynomial with relative error 3e-9, minimax with its first two
// coefficients held at 1.
VIVACE_INLINE Vec expm1_reduced(Vec r) {
  Vec p = splat(0.0013814321f);
  p = fma(p, r, splat(0.0083688507f));
  p = fma(p, r, splat(0.0416684002f));
  p = fma(p, r, splat(0.1666651964f));
  p = fma(p, r, splat(0.4999999404f));
  return fma(p, mul(r, r), r);
}

// r of x = n ln 2 + r. The high part of ln 2 has 9 bits, so that n times it is exact.
VIVACE_INLINE Vec exp_remainder(Vec x, Vec n) {
  return fnma(n, splat(-2.12194440e-4f), fnma(n, splat(0.693359375f), x));
}

// 2^n for -127 < n < 128; zero for -127.
VIVACE_INLINE Vec power_of_two(IVec n) { return from_bits(shift_left<23>(add(n, splat_int(127)))); }

// e^x within 1 ulp. NaN stays NaN; above 88.72 infinity; below -104 zero. 2^n is applied as two factors: n
// goes from -150 to 128, which no single float exponent reaches.
VIVACE_INLINE Vec exp(Vec x) {
  x = min(splat(89.0f), max(splat(-104.0f), x));
  const Vec n = round(mul(x, splat(1.44269504f)));
  const Vec p = add(expm1_reduced(exp_remainder(x, n)), splat(1.0f));
  const IVec exponent = to_int(n);
  const IVec half = shift_right_signed<1>(exponent);
  return mul(mul(p, power_of_two(half)), power_of_two(sub(exponent, half)));
}

// e^x - 1 within 2 ulp, near zero too: 2^n (e^r - 1) + (2^n - 1), at half its size so that n = 128 fits.
VIVACE_INLINE Vec expm1(Vec x) {
  x = min(splat(89.0f), max(splat(-87.0f), x));
  const Vec n = round(mul(x, splat(1.44269504f)));
  const Vec p = expm1_reduced(exp_remainder(x, n));
  const Vec half = power_of_two(sub(to_int(n), splat_int(1)));
  const Vec y = fma(p, half, sub(half, splat(0.5f)));
  return select(equal(n, zero()), p, add(y, y));
}

// 1 / (1 + e^-x) within 3 ulp.
VIVACE_INLINE Vec sigmoid(Vec x) {
  const Vec one = splat(1.0f);
  return div(one, add(one, exp(negate(x))));
}

// (e^2|x| - 1) / (e^2|x| + 1) with x's sign, within 4 ulp; from 10 on it is 1.
VIVACE_INLINE Vec tanh(Vec x) {
  const Vec t = min(splat(10.0f), abs(x));
  const Vec e = expm1(add(t, t));
  return copy_sign(div(e, add(e, splat(2.0f))), x);
}

// The error function within 3 ulp. Below 1 an odd polynomial; above, 1 - erfc, where ln erfc is a polynomial
// on [0.95, 4]; from 4 on it is 1.
VIVACE_INLINE Vec erf(Vec x) {
  const Vec t = min(splat(4.0f), abs(x));
  const Vec u = mul(t, t);
  Vec p = splat(7.853529e-05f);
  p = fma(p, u, splat(-0.00080101012f));
  p = fma(p, u, splat(0.0051883180f));
  p = fma(p, u, splat(-0.026853807f));
  p = fma(p, u, splat(0.11283585f));
  p = fma(p, u, splat(-0.37612626f));
  p = fma(p, u, splat(1.1283791f));
  Vec q = splat(0.00019150409f);
  q = fma(q, t, splat(-0.0029995402f));
  q = fma(q, t, splat(0.022051996f));
  q = fma(q, t, splat(-0.10356688f));
  q = fma(q, t, splat(-0.63760006f));
  q = fma(q, t, splat(-1.1274260f));
  q = fma(q, t, splat(-0.00025644622f));
  const Vec large = sub(splat(1.0f), exp(q));
  return copy_sign(select(less(t, splat(1.0f)), mul(t, p), large), x);
}

}  // namespace vivace::kernels::VIVACE_ISA::simd
