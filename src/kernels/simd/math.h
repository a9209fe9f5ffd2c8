// Elementary functions on vectors, written once on top of the vector layer. Included by kernel bodies only.
#pragma once

#ifndef VIVACE_ISA
#error "simd/math.h needs VIVACE_ISA and that instruction set's vector layer"
#endif

namespace vivace::kernels::VIVACE_ISA::simd {

// e^x within 1 ulp (2 without FMA). NaN stays NaN; above 88.72 infinity; below -104 zero.
//
// x = n ln 2 + r, e^x = 2^n e^r. The high part of ln 2 has 9 bits, so that n times it is exact. e^r is a
// degree-6 polynomial with relative error 3e-9, minimax with its first two coefficients held at 1. 2^n is
// applied as two factors: n goes from -150 to 128, which no single float exponent reaches.
VIVACE_INLINE Vec exp(Vec x) {
  x = min(splat(89.0f), max(splat(-104.0f), x));
  const Vec n = round(mul(x, splat(1.44269504f)));
  Vec r = fnma(n, splat(0.693359375f), x);
  r = fnma(n, splat(-2.12194440e-4f), r);
  Vec p = splat(0.0013814321f);
  p = fma(p, r, splat(0.0083688507f));
  p = fma(p, r, splat(0.0416684002f));
  p = fma(p, r, splat(0.1666651964f));
  p = fma(p, r, splat(0.4999999404f));
  p = fma(p, mul(r, r), r);
  p = add(p, splat(1.0f));
  const IVec exponent = to_int(n);
  const IVec half = shift_right_signed<1>(exponent);
  const IVec bias = splat_int(127);
  p = mul(p, from_bits(shift_left<23>(add(half, bias))));
  return mul(p, from_bits(shift_left<23>(add(sub(exponent, half), bias))));
}

}  // namespace vivace::kernels::VIVACE_ISA::simd
