// Vectors of 4 floats: SSE2, what every x86-64 has. What each function promises is told in avx512.h.
#pragma once

#include <emmintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/simd/inline.h"

namespace vivace::kernels::baseline::simd {

using Vec = __m128;
using IVec = __m128i;
using Mask = __m128;  // all ones or all zeros in each lane
inline constexpr int kLanes = 4;
inline constexpr int kRegisters = 16;
inline constexpr int kLevel = 0;  // its place in kernels::Isa
inline constexpr bool kHasFma = false;

VIVACE_INLINE Vec load(const float* p) { return _mm_loadu_ps(p); }
VIVACE_INLINE void store(float* p, Vec v) { _mm_storeu_ps(p, v); }
VIVACE_INLINE Vec load_n(const float* p, std::size_t n) {
  switch (n) {
    case 0:
      return _mm_setzero_ps();
    case 1:
      return _mm_load_ss(p);
    case 2:
      return _mm_setr_ps(p[0], p[1], 0, 0);
    case 3:
      return _mm_setr_ps(p[0], p[1], p[2], 0);
    default:
      return load(p);
  }
}
VIVACE_INLINE void store_n(float* p, Vec v, std::size_t n) {
  if (n >= 4) return store(p, v);
  if (n >= 2) _mm_storel_pi(reinterpret_cast<__m64*>(p), v);
  if (n == 1) _mm_store_ss(p, v);
  if (n == 3) _mm_store_ss(p + 2, _mm_movehl_ps(v, v));
}
VIVACE_INLINE IVec load_int(const std::int32_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
VIVACE_INLINE void store_int(std::int32_t* p, IVec v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }
VIVACE_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
VIVACE_INLINE void prefetch_l2(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }
VIVACE_INLINE Vec in_register(Vec v) {
  __asm__("" : "+x"(v));
  return v;
}

VIVACE_INLINE Vec splat(float x) { return _mm_set1_ps(x); }
VIVACE_INLINE Vec zero() { return _mm_setzero_ps(); }
VIVACE_INLINE Vec add(Vec a, Vec b) { return _mm_add_ps(a, b); }
VIVACE_INLINE Vec sub(Vec a, Vec b) { return _mm_sub_ps(a, b); }
VIVACE_INLINE Vec mul(Vec a, Vec b) { return _mm_mul_ps(a, b); }
VIVACE_INLINE Vec div(Vec a, Vec b) { return _mm_div_ps(a, b); }
VIVACE_INLINE Vec sqrt(Vec a) { return _mm_sqrt_ps(a); }
VIVACE_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
VIVACE_INLINE Vec fnma(Vec a, Vec b, Vec c) { return _mm_sub_ps(c, _mm_mul_ps(a, b)); }
VIVACE_INLINE Vec min(Vec a, Vec b) { return _mm_min_ps(a, b); }
VIVACE_INLINE Vec max(Vec a, Vec b) { return _mm_max_ps(a, b); }

VIVACE_INLINE Vec abs(Vec a) { return _mm_andnot_ps(splat(-0.0f), a); }
VIVACE_INLINE Vec negate(Vec a) { return _mm_xor_ps(splat(-0.0f), a); }
VIVACE_INLINE Vec copy_sign(Vec a, Vec b) { return _mm_or_ps(abs(a), _mm_and_ps(splat(-0.0f), b)); }

VIVACE_INLINE Mask less(Vec a, Vec b) { return _mm_cmplt_ps(a, b); }
VIVACE_INLINE Mask less_equal(Vec a, Vec b) { return _mm_cmple_ps(a, b); }
VIVACE_INLINE Mask equal(Vec a, Vec b) { return _mm_cmpeq_ps(a, b); }
VIVACE_INLINE Mask not_equal(Vec a, Vec b) { return _mm_cmpneq_ps(a, b); }
VIVACE_INLINE Mask is_nan(Vec a) { return _mm_cmpunord_ps(a, a); }
VIVACE_INLINE Vec select(Mask m, Vec a, Vec b) { return _mm_or_ps(_mm_and_ps(m, a), _mm_andnot_ps(m, b)); }
VIVACE_INLINE Mask both(Mask a, Mask b) { return _mm_and_ps(a, b); }
VIVACE_INLINE Mask either(Mask a, Mask b) { return _mm_or_ps(a, b); }
VIVACE_INLINE Mask opposite(Mask a) { return _mm_xor_ps(a, _mm_castsi128_ps(_mm_set1_epi32(-1))); }
VIVACE_INLINE bool any(Mask a) { return _mm_movemask_ps(a) != 0; }

// SSE2 has no rounding instruction. From 2^23 on every float is an integer; below, adding and taking away
// 2^23 leaves the nearest one.
VIVACE_INLINE Vec round(Vec a) {
  const Vec magic = splat(8388608.0f);
  const Vec r = copy_sign(sub(add(abs(a), magic), magic), a);
  return select(less(abs(a), magic), r, a);
}
VIVACE_INLINE Vec floor(Vec a) {
  const Vec r = round(a);
  return copy_sign(sub(r, _mm_and_ps(less(a, r), splat(1.0f))), a);
}
VIVACE_INLINE Vec ceil(Vec a) {
  const Vec r = round(a);
  return copy_sign(add(r, _mm_and_ps(less(r, a), splat(1.0f))), a);
}
VIVACE_INLINE Vec trunc(Vec a) { return copy_sign(floor(abs(a)), a); }

VIVACE_INLINE IVec splat_int(std::int32_t x) { return _mm_set1_epi32(x); }
VIVACE_INLINE IVec to_int(Vec a) { return _mm_cvtps_epi32(a); }
VIVACE_INLINE IVec to_int_trunc(Vec a) { return _mm_cvttps_epi32(a); }
VIVACE_INLINE Vec to_float(IVec a) { return _mm_cvtepi32_ps(a); }
VIVACE_INLINE IVec bits(Vec a) { return _mm_castps_si128(a); }
VIVACE_INLINE Vec from_bits(IVec a) { return _mm_castsi128_ps(a); }
VIVACE_INLINE IVec add(IVec a, IVec b) { return _mm_add_epi32(a, b); }
VIVACE_INLINE IVec sub(IVec a, IVec b) { return _mm_sub_epi32(a, b); }
VIVACE_INLINE IVec bit_and(IVec a, IVec b) { return _mm_and_si128(a, b); }
VIVACE_INLINE IVec bit_or(IVec a, IVec b) { return _mm_or_si128(a, b); }
VIVACE_INLINE IVec bit_xor(IVec a, IVec b) { return _mm_xor_si128(a, b); }
VIVACE_INLINE Mask greater(IVec a, IVec b) { return _mm_castsi128_ps(_mm_cmpgt_epi32(a, b)); }
VIVACE_INLINE Mask equal(IVec a, IVec b) { return _mm_castsi128_ps(_mm_cmpeq_epi32(a, b)); }
template <int kBits>
VIVACE_INLINE IVec shift_left(IVec a) {
  return _mm_slli_epi32(a, kBits);
}
template <int kBits>
VIVACE_INLINE IVec shift_right(IVec a) {
  return _mm_srli_epi32(a, kBits);
}
template <int kBits>
VIVACE_INLINE IVec shift_right_signed(IVec a) {
  return _mm_srai_epi32(a, kBits);
}

VIVACE_INLINE Vec reciprocal(Vec a) { return div(splat(1.0f), a); }
VIVACE_INLINE Vec quotient(Vec a, Vec b) { return div(a, b); }
VIVACE_INLINE Vec times_power_of_two(Vec a, Vec n) {  // in two factors, as in avx2.h
  const IVec exponent = to_int(n), half = shift_right_signed<1>(exponent), bias = splat_int(127);
  return mul(mul(a, from_bits(shift_left<23>(add(half, bias)))),
             from_bits(shift_left<23>(add(sub(exponent, half), bias))));
}

// SSE2 multiplies no signed numbers of 32 bits and shifts all lanes alike: one by one.
template <class F>
VIVACE_INLINE IVec by_int_lanes(IVec a, IVec b, F f) {
  std::int32_t x[kLanes], y[kLanes];
  store_int(x, a);
  store_int(y, b);
  for (int i = 0; i < kLanes; ++i) x[i] = f(x[i], y[i]);
  return load_int(x);
}
VIVACE_INLINE IVec rounding_doubling_high(IVec a, IVec b) {
  return by_int_lanes(a, b, [](std::int32_t x, std::int32_t y) {
    return static_cast<std::int32_t>((std::int64_t{x} * y + (std::int64_t{1} << 30)) >> 31);
  });
}
VIVACE_INLINE IVec shift_left(IVec a, IVec n) {
  return by_int_lanes(a, n, [](std::int32_t x, std::int32_t y) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << y);
  });
}
VIVACE_INLINE IVec shift_right_signed(IVec a, IVec n) {
  return by_int_lanes(a, n, [](std::int32_t x, std::int32_t y) { return x >> y; });
}
VIVACE_INLINE IVec select_int(__m128i m, IVec a, IVec b) {
  return _mm_or_si128(_mm_and_si128(m, a), _mm_andnot_si128(m, b));
}
VIVACE_INLINE IVec min(IVec a, IVec b) { return select_int(_mm_cmplt_epi32(a, b), a, b); }
VIVACE_INLINE IVec max(IVec a, IVec b) { return select_int(_mm_cmpgt_epi32(a, b), a, b); }
VIVACE_INLINE void store_bytes(void* p, IVec a, std::size_t n) {
  std::int32_t x[kLanes];
  store_int(x, a);
  for (std::size_t i = 0; i < n; ++i) static_cast<std::uint8_t*>(p)[i] = static_cast<std::uint8_t>(x[i]);
}
VIVACE_INLINE IVec load_unsigned_bytes(const void* p) {
  std::int32_t four;
  __builtin_memcpy(&four, p, sizeof(four));
  const __m128i zero = _mm_setzero_si128();
  return _mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero), zero);
}
VIVACE_INLINE IVec load_signed_bytes(const void* p) {
  return _mm_srai_epi32(_mm_slli_epi32(load_unsigned_bytes(p), 24), 24);
}
VIVACE_INLINE IVec dot_words(IVec sum, IVec a, IVec b) { return add(sum, _mm_madd_epi16(a, b)); }

inline constexpr int kBlock = 16 / kLanes;
template <class Fold>
VIVACE_INLINE float fold4(__m128 v, Fold fold) {
  v = fold(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(fold(v, _mm_shuffle_ps(v, v, 1)));
}
VIVACE_INLINE float block_sum(const Vec (&v)[kBlock]) {
  const Vec v4 = add(add(v[0], v[2]), add(v[1], v[3]));
  return fold4(v4, [](__m128 a, __m128 b) { return _mm_add_ps(a, b); });
}
VIVACE_INLINE float block_max(const Vec (&v)[kBlock]) {
  if (any(either(either(is_nan(v[0]), is_nan(v[1])), either(is_nan(v[2]), is_nan(v[3])))))
    return __builtin_nanf("");
  const Vec v4 = max(max(v[0], v[2]), max(v[1], v[3]));
  return fold4(v4, [](__m128 a, __m128 b) { return _mm_max_ps(a, b); });
}
VIVACE_INLINE float block_min(const Vec (&v)[kBlock]) {
  const Vec n[4] = {negate(v[0]), negate(v[1]), negate(v[2]), negate(v[3])};
  return -block_max(n);
}

}  // namespace vivace::kernels::baseline::simd
