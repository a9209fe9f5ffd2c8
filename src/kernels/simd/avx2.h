// Vectors of 8 floats: AVX2 and FMA. What each function promises is told in avx512.h.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/simd/inline.h"

namespace vivace::kernels::avx2::simd {

using Vec = __m256;
using IVec = __m256i;
using Mask = __m256;  // all ones or all zeros in each lane
inline constexpr int kLanes = 8;
inline constexpr int kRegisters = 16;
inline constexpr int kLevel = 1;  // its place in kernels::Isa
inline constexpr bool kHasFma = true;

VIVACE_INLINE Vec load(const float* p) { return _mm256_loadu_ps(p); }
VIVACE_INLINE void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
VIVACE_INLINE __m256i first_n(std::size_t n) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), lane);
}
VIVACE_INLINE Vec load_n(const float* p, std::size_t n) { return _mm256_maskload_ps(p, first_n(n)); }
VIVACE_INLINE void store_n(float* p, Vec v, std::size_t n) { _mm256_maskstore_ps(p, first_n(n), v); }
VIVACE_INLINE IVec load_int(const std::int32_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
VIVACE_INLINE void store_int(std::int32_t* p, IVec v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
}
VIVACE_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
VIVACE_INLINE void prefetch_l2(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }
VIVACE_INLINE Vec in_register(Vec v) {
  __asm__("" : "+x"(v));
  return v;
}

VIVACE_INLINE Vec splat(float x) { return _mm256_set1_ps(x); }
VIVACE_INLINE Vec zero() { return _mm256_setzero_ps(); }
VIVACE_INLINE Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
VIVACE_INLINE Vec sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
VIVACE_INLINE Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
VIVACE_INLINE Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
VIVACE_INLINE Vec sqrt(Vec a) { return _mm256_sqrt_ps(a); }
VIVACE_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
VIVACE_INLINE Vec fnma(Vec a, Vec b, Vec c) { return _mm256_fnmadd_ps(a, b, c); }
VIVACE_INLINE Vec reciprocal(Vec a) {
  const __m256i mantissa = _mm256_or_si256(_mm256_castps_si256(a), _mm256_set1_epi32(~0x7fffff));
  const __m256i minus_one = _mm256_cmpeq_epi32(mantissa, _mm256_set1_epi32(-1));
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(div(splat(1.0f), a)), minus_one));
}
VIVACE_INLINE Vec quotient(Vec a, Vec b) { return div(a, b); }
VIVACE_INLINE Vec min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
VIVACE_INLINE Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }

VIVACE_INLINE Vec abs(Vec a) { return _mm256_andnot_ps(splat(-0.0f), a); }
VIVACE_INLINE Vec negate(Vec a) { return _mm256_xor_ps(splat(-0.0f), a); }
VIVACE_INLINE Vec copy_sign(Vec a, Vec b) { return _mm256_or_ps(abs(a), _mm256_and_ps(splat(-0.0f), b)); }

VIVACE_INLINE Vec round(Vec a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
VIVACE_INLINE Vec floor(Vec a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
VIVACE_INLINE Vec ceil(Vec a) { return _mm256_round_ps(a, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC); }
VIVACE_INLINE Vec trunc(Vec a) { return _mm256_round_ps(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC); }

VIVACE_INLINE Mask less(Vec a, Vec b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
VIVACE_INLINE Mask less_equal(Vec a, Vec b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
VIVACE_INLINE Mask equal(Vec a, Vec b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
VIVACE_INLINE Mask not_equal(Vec a, Vec b) { return _mm256_cmp_ps(a, b, _CMP_NEQ_UQ); }
VIVACE_INLINE Mask is_nan(Vec a) { return _mm256_cmp_ps(a, a, _CMP_UNORD_Q); }
VIVACE_INLINE Vec select(Mask m, Vec a, Vec b) { return _mm256_blendv_ps(b, a, m); }
VIVACE_INLINE Mask both(Mask a, Mask b) { return _mm256_and_ps(a, b); }
VIVACE_INLINE Mask either(Mask a, Mask b) { return _mm256_or_ps(a, b); }
VIVACE_INLINE Mask opposite(Mask a) { return _mm256_xor_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(-1))); }
VIVACE_INLINE bool any(Mask a) { return _mm256_movemask_ps(a) != 0; }

VIVACE_INLINE IVec splat_int(std::int32_t x) { return _mm256_set1_epi32(x); }
VIVACE_INLINE IVec to_int(Vec a) { return _mm256_cvtps_epi32(a); }
VIVACE_INLINE IVec to_int_trunc(Vec a) { return _mm256_cvttps_epi32(a); }
VIVACE_INLINE Vec to_float(IVec a) { return _mm256_cvtepi32_ps(a); }
VIVACE_INLINE IVec bits(Vec a) { return _mm256_castps_si256(a); }
VIVACE_INLINE Vec from_bits(IVec a) { return _mm256_castsi256_ps(a); }
VIVACE_INLINE IVec add(IVec a, IVec b) { return _mm256_add_epi32(a, b); }
VIVACE_INLINE IVec sub(IVec a, IVec b) { return _mm256_sub_epi32(a, b); }
VIVACE_INLINE IVec bit_and(IVec a, IVec b) { return _mm256_and_si256(a, b); }
VIVACE_INLINE IVec bit_or(IVec a, IVec b) { return _mm256_or_si256(a, b); }
VIVACE_INLINE IVec bit_xor(IVec a, IVec b) { return _mm256_xor_si256(a, b); }
VIVACE_INLINE Mask greater(IVec a, IVec b) { return _mm256_castsi256_ps(_mm256_cmpgt_epi32(a, b)); }
VIVACE_INLINE Mask equal(IVec a, IVec b) { return _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)); }
template <int kBits>
VIVACE_INLINE IVec shift_left(IVec a) {
  return _mm256_slli_epi32(a, kBits);
}
template <int kBits>
VIVACE_INLINE IVec shift_right(IVec a) {
  return _mm256_srli_epi32(a, kBits);
}
template <int kBits>
VIVACE_INLINE IVec shift_right_signed(IVec a) {
  return _mm256_srai_epi32(a, kBits);
}

// In two factors: n goes from -150 to 128, which no single float's exponent reaches.
VIVACE_INLINE Vec times_power_of_two(Vec a, Vec n) {
  const IVec exponent = to_int(n), half = shift_right_signed<1>(exponent), bias = splat_int(127);
  return mul(mul(a, from_bits(shift_left<23>(add(half, bias)))),
             from_bits(shift_left<23>(add(sub(exponent, half), bias))));
}

VIVACE_INLINE IVec rounding_doubling_high(IVec a, IVec b) {
  const __m256i half = _mm256_set1_epi64x(std::int64_t{1} << 30);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
  const __m256i odd =
      _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32)), half);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
}
VIVACE_INLINE IVec shift_left(IVec a, IVec n) { return _mm256_sllv_epi32(a, n); }
VIVACE_INLINE IVec shift_right_signed(IVec a, IVec n) { return _mm256_srav_epi32(a, n); }
VIVACE_INLINE IVec min(IVec a, IVec b) { return _mm256_min_epi32(a, b); }
VIVACE_INLINE IVec max(IVec a, IVec b) { return _mm256_max_epi32(a, b); }
VIVACE_INLINE void store_bytes(void* p, IVec a, std::size_t n) {
  const __m256i low = _mm256_and_si256(a, _mm256_set1_epi32(0xff));
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
  const auto bytes = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_packus_epi16(words, words)));
  __builtin_memcpy(p, &bytes, n);
}
VIVACE_INLINE IVec load_signed_bytes(const void* p) {
  return _mm256_cvtepi8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(p)));
}
VIVACE_INLINE IVec load_unsigned_bytes(const void* p) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(p)));
}
VIVACE_INLINE IVec dot_words(IVec sum, IVec a, IVec b) { return add(sum, _mm256_madd_epi16(a, b)); }

inline constexpr int kBlock = 16 / kLanes;
template <class Fold>
VIVACE_INLINE float fold4(__m128 v, Fold fold) {
  v = fold(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(fold(v, _mm_shuffle_ps(v, v, 1)));
}
VIVACE_INLINE float block_sum(const Vec (&v)[kBlock]) {
  const __m256 v8 = _mm256_add_ps(v[0], v[1]);
  const __m128 v4 = _mm_add_ps(_mm256_castps256_ps128(v8), _mm256_extractf128_ps(v8, 1));
  return fold4(v4, [](__m128 a, __m128 b) { return _mm_add_ps(a, b); });
}
VIVACE_INLINE float block_max(const Vec (&v)[kBlock]) {
  if (any(either(is_nan(v[0]), is_nan(v[1])))) return __builtin_nanf("");
  const __m256 v8 = _mm256_max_ps(v[0], v[1]);
  const __m128 v4 = _mm_max_ps(_mm256_castps256_ps128(v8), _mm256_extractf128_ps(v8, 1));
  return fold4(v4, [](__m128 a, __m128 b) { return _mm_max_ps(a, b); });
}
VIVACE_INLINE float block_min(const Vec (&v)[kBlock]) {
  const Vec n[2] = {negate(v[0]), negate(v[1])};
  return -block_max(n);
}

}  // namespace vivace::kernels::avx2::simd
