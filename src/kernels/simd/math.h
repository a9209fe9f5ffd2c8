// Elementary functions on vectors, one (Vec) or several at once (Wide), written once on top of the vector
// layer. Included by kernel bodies only. The errors stated, in units in the last place (ulp), hold for all
// float32 numbers and every instruction set: elementwise/precision_test.cc tests them against MPFR.
#pragma once

#ifndef VIVACE_ISA
#error "simd/math.h needs VIVACE_ISA and that instruction set's vector layer"
#endif

#include "kernels/simd/wide.h"

namespace vivace::kernels::VIVACE_ISA::simd {

// e^r - 1 for |r| <= ln 2 / 2: a degree-6 polynomial with relative error 3e-9, minimax with its first two
// coefficients held at 1.
template <class V>
VIVACE_INLINE V expm1_reduced(V r) {
  V p = splat(0.0013814321f);
  p = fma(p, r, splat(0.0083688507f));
  p = fma(p, r, splat(0.0416684002f));
  p = fma(p, r, splat(0.1666651964f));
  p = fma(p, r, splat(0.4999999404f));
  return fma(p, mul(r, r), r);
}

// r of x = n ln 2 + r. The high part of ln 2 has 9 bits, so that n times it is exact.
template <class V>
VIVACE_INLINE V exp_remainder(V x, V n) {
  return fnma(n, splat(-2.12194440e-4f), fnma(n, splat(0.693359375f), x));
}

// e^x within 1.1 ulp. NaN stays NaN; above 88.72 infinity; below -104 zero.
template <class V>
VIVACE_INLINE V exp(V x) {
  x = min(splat(89.0f), max(splat(-104.0f), x));
  const V n = round(mul(x, splat(1.44269504f)));
  return times_power_of_two(add(expm1_reduced(exp_remainder(x, n)), splat(1.0f)), n);
}

// e^x - 1 within 2 ulp, near zero too: 2^n (e^r - 1) + (2^n - 1), at half its size so that n = 128 fits.
template <class V>
VIVACE_INLINE V expm1(V x) {
  x = min(splat(89.0f), max(splat(-87.0f), x));
  const V n = round(mul(x, splat(1.44269504f)));
  const V p = expm1_reduced(exp_remainder(x, n));
  const V half = times_power_of_two(V(splat(0.5f)), n);
  const V y = fma(p, half, sub(half, splat(0.5f)));
  return select(equal(n, V(zero())), p, add(y, y));
}

// 1 / (1 + e^-x) within 3 ulp; below -88 it would be denormal, which counts as zero. exp(-x) with its bounds
// and signs taken together: n = -x / ln 2, and -r instead of r.
template <class V>
VIVACE_INLINE V sigmoid(V x) {
  x = min(splat(104.0f), max(splat(-88.0f), x));
  const V n = round(mul(x, splat(-1.44269504f)));
  const V r = fma(n, splat(-2.12194440e-4f), fma(n, splat(0.693359375f), x));  // of x, so -r of -x
  V p = splat(0.0013814321f);
  p = fnma(p, r, splat(0.0083688507f));
  p = fnma(p, r, splat(0.0416684002f));
  p = fnma(p, r, splat(0.1666651964f));
  p = fnma(p, r, splat(0.4999999404f));
  p = sub(splat(1.0f), fnma(p, mul(r, r), r));
  return reciprocal(add(splat(1.0f), times_power_of_two(p, n)));
}

// (e^2|x| - 1) / (e^2|x| + 1) with x's sign, within 3 ulp; from 10 on it is 1.
template <class V>
VIVACE_INLINE V tanh(V x) {
  const V t = min(splat(10.0f), abs(x));
  const V e = expm1(add(t, t));
  return copy_sign(quotient(e, add(e, splat(2.0f))), x);
}

// The error function within 3 ulp. Below 1 an odd polynomial; above, 1 - erfc, where ln erfc is a polynomial
// on [0.95, 4]; from 4 on it is 1.
template <class V>
VIVACE_INLINE V erf(V x) {
  const V t = min(splat(4.0f), abs(x));
  const V u = mul(t, t);
  V p = splat(7.853529e-05f);
  p = fma(p, u, splat(-0.00080101012f));
  p = fma(p, u, splat(0.0051883180f));
  p = fma(p, u, splat(-0.026853807f));
  p = fma(p, u, splat(0.11283585f));
  p = fma(p, u, splat(-0.37612626f));
  p = fma(p, u, splat(1.1283791f));
  V q = splat(0.00019150409f);
  q = fma(q, t, splat(-0.0029995402f));
  q = fma(q, t, splat(0.022051996f));
  q = fma(q, t, splat(-0.10356688f));
  q = fma(q, t, splat(-0.63760006f));
  q = fma(q, t, splat(-1.1274260f));
  q = fma(q, t, splat(-0.00025644622f));
  const V large = sub(V(splat(1.0f)), exp(q));
  return copy_sign(select(less(t, V(splat(1.0f))), mul(t, p), large), x);
}

// x sigmoid(x) within 4 ulp; below x = -87.3, where sigmoid(x) counts as zero, it does too.
template <class V>
VIVACE_INLINE V silu(V x) {
  return mul(x, sigmoid(x));
}

// x (1 + erf(x / sqrt 2)) / 2 within 3 ulp of itself or of x / 2, whichever is larger: far below zero 1 + erf
// cancels, as it does in TensorFlow.
template <class V>
VIVACE_INLINE V gelu(V x) {
  const V phi = add(splat(1.0f), erf(mul(x, V(splat(0.70710678f)))));
  return mul(mul(splat(0.5f), x), phi);
}

// Its approximation: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 within 4 ulp, counted likewise.
template <class V>
VIVACE_INLINE V gelu_tanh(V x) {
  const V cube = mul(mul(x, x), x);
  const V inner = mul(splat(0.79788456f), fma(splat(0.044715f), cube, x));
  return mul(mul(splat(0.5f), x), add(splat(1.0f), tanh(inner)));
}

}  // namespace vivace::kernels::VIVACE_ISA::simd
