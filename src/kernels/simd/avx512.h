// Vectors of 16 floats: AVX-512 F, BW, DQ, VL. The three files of this folder named after an instruction set
// declare the same functions; their meaning is told here once.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/simd/inline.h"

namespace vivace::kernels::avx512::simd {

using Vec = __m512;    // float32
using IVec = __m512i;  // int32
using Mask = __mmask16;
inline constexpr int kLanes = 16;
inline constexpr int kRegisters = 32;
inline constexpr int kLevel = 2;  // its place in kernels::Isa
inline constexpr bool kHasFma = true;

// Memory. No alignment is required. The _n forms touch exactly the first n floats, 0 <= n <= kLanes; load_n
// fills the rest with zeros.
VIVACE_INLINE Vec load(const float* p) { return _mm512_loadu_ps(p); }
VIVACE_INLINE void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
VIVACE_INLINE Mask first_n(std::size_t n) { return static_cast<Mask>((1u << n) - 1u); }
VIVACE_INLINE Vec load_n(const float* p, std::size_t n) { return _mm512_maskz_loadu_ps(first_n(n), p); }
VIVACE_INLINE void store_n(float* p, Vec v, std::size_t n) { _mm512_mask_storeu_ps(p, first_n(n), v); }
VIVACE_INLINE IVec load_int(const std::int32_t* p) { return _mm512_loadu_si512(p); }
VIVACE_INLINE void store_int(std::int32_t* p, IVec v) { _mm512_storeu_si512(p, v); }
VIVACE_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
VIVACE_INLINE void prefetch_l2(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }
// Keeps a load from being done again as the operand of each instruction that uses it.
VIVACE_INLINE Vec in_register(Vec v) {
  __asm__("" : "+v"(v));
  return v;
}

// Arithmetic. fma is a b + c with one rounding where the instruction set has it (kHasFma), else with two;
// fnma is c - a b. min and max return b when either operand is NaN or both are zeros: put the value whose NaN
// must survive second, max(bound, x).
VIVACE_INLINE Vec splat(float x) { return _mm512_set1_ps(x); }
VIVACE_INLINE Vec zero() { return _mm512_setzero_ps(); }
VIVACE_INLINE Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
VIVACE_INLINE Vec sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
VIVACE_INLINE Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
VIVACE_INLINE Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
VIVACE_INLINE Vec sqrt(Vec a) { return _mm512_sqrt_ps(a); }
VIVACE_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
VIVACE_INLINE Vec fnma(Vec a, Vec b, Vec c) { return _mm512_fnmadd_ps(a, b, c); }

// 1 / a and a / b for 2^-100 < b < 2^126 (a / b also of that size, or zero): on this instruction set by
// Newton's steps, as a division of 16 floats holds up its port for 16 cycles. After two steps the reciprocal
// is the nearest float, but for a mantissa of all ones, where it falls one short (P. Markstein, "Computation
// of elementary functions on the IBM RISC System/6000", 1990, theorem 2); elsewhere it is made to fall short
// as well. The quotient is the nearest float.
VIVACE_INLINE Vec reciprocal(Vec a) {
  const Vec one = splat(1.0f);
  Vec y = _mm512_rcp14_ps(a);
  y = fma(fnma(a, y, one), y, y);
  return fma(fnma(a, y, one), y, y);
}
VIVACE_INLINE Vec quotient(Vec a, Vec b) {
  const Vec y = reciprocal(b), q = mul(a, y);
  return fma(fnma(b, q, a), y, q);
}
// a 2^n for a whole number n; one rounding, so none unless the result is denormal.
VIVACE_INLINE Vec times_power_of_two(Vec a, Vec n) { return _mm512_scalef_ps(a, n); }
VIVACE_INLINE Vec min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
VIVACE_INLINE Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }

// Sign bits. copy_sign takes a's magnitude and b's sign.
VIVACE_INLINE Vec abs(Vec a) { return _mm512_andnot_ps(splat(-0.0f), a); }
VIVACE_INLINE Vec negate(Vec a) { return _mm512_xor_ps(splat(-0.0f), a); }
VIVACE_INLINE Vec copy_sign(Vec a, Vec b) { return _mm512_or_ps(abs(a), _mm512_and_ps(splat(-0.0f), b)); }

// Rounding to an integer that stays a float: half to even, down, up, toward zero. All keep NaN, infinities
// and the sign of zero.
VIVACE_INLINE Vec round(Vec a) {
  return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
VIVACE_INLINE Vec floor(Vec a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
VIVACE_INLINE Vec ceil(Vec a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC); }
VIVACE_INLINE Vec trunc(Vec a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC); }

// Comparisons are false on NaN, except is_nan and not_equal. select(m, a, b) is m ? a : b.
VIVACE_INLINE Mask less(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
VIVACE_INLINE Mask less_equal(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
VIVACE_INLINE Mask equal(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
VIVACE_INLINE Mask not_equal(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ); }
VIVACE_INLINE Mask is_nan(Vec a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
VIVACE_INLINE Vec select(Mask m, Vec a, Vec b) { return _mm512_mask_blend_ps(m, b, a); }
VIVACE_INLINE Mask both(Mask a, Mask b) { return static_cast<Mask>(a & b); }
VIVACE_INLINE Mask either(Mask a, Mask b) { return static_cast<Mask>(a | b); }
VIVACE_INLINE Mask opposite(Mask a) { return static_cast<Mask>(~a); }
VIVACE_INLINE bool any(Mask a) { return a != 0; }

// Integers. to_int rounds half to even; what does not fit becomes INT32_MIN. to_int_trunc drops the fraction.
VIVACE_INLINE IVec splat_int(std::int32_t x) { return _mm512_set1_epi32(x); }
VIVACE_INLINE IVec to_int(Vec a) { return _mm512_cvtps_epi32(a); }
VIVACE_INLINE IVec to_int_trunc(Vec a) { return _mm512_cvttps_epi32(a); }
VIVACE_INLINE Vec to_float(IVec a) { return _mm512_cvtepi32_ps(a); }
VIVACE_INLINE IVec bits(Vec a) { return _mm512_castps_si512(a); }
VIVACE_INLINE Vec from_bits(IVec a) { return _mm512_castsi512_ps(a); }
VIVACE_INLINE IVec add(IVec a, IVec b) { return _mm512_add_epi32(a, b); }
VIVACE_INLINE IVec sub(IVec a, IVec b) { return _mm512_sub_epi32(a, b); }
VIVACE_INLINE IVec bit_and(IVec a, IVec b) { return _mm512_and_si512(a, b); }
VIVACE_INLINE IVec bit_or(IVec a, IVec b) { return _mm512_or_si512(a, b); }
VIVACE_INLINE IVec bit_xor(IVec a, IVec b) { return _mm512_xor_si512(a, b); }
VIVACE_INLINE Mask greater(IVec a, IVec b) { return _mm512_cmpgt_epi32_mask(a, b); }
VIVACE_INLINE Mask equal(IVec a, IVec b) { return _mm512_cmpeq_epi32_mask(a, b); }
template <int kBits>
VIVACE_INLINE IVec shift_left(IVec a) {
  return _mm512_slli_epi32(a, kBits);
}
template <int kBits>
VIVACE_INLINE IVec shift_right(IVec a) {  // fills with zeros
  return _mm512_srli_epi32(a, kBits);
}
template <int kBits>
VIVACE_INLINE IVec shift_right_signed(IVec a) {  // fills with the sign
  return _mm512_srai_epi32(a, kBits);
}

// A times b, doubled, its high half: (2 a b + 2^31) >> 32, so ties round up. Not both the least integer.
VIVACE_INLINE IVec rounding_doubling_high(IVec a, IVec b) {
  const __m512i half = _mm512_set1_epi64(std::int64_t{1} << 30);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(a, b), half);
  const __m512i odd =
      _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), _mm512_srli_epi64(b, 32)), half);
  return _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}
// Each lane by its own count, 0 to 31.
VIVACE_INLINE IVec shift_left(IVec a, IVec n) { return _mm512_sllv_epi32(a, n); }
VIVACE_INLINE IVec shift_right_signed(IVec a, IVec n) { return _mm512_srav_epi32(a, n); }
VIVACE_INLINE IVec min(IVec a, IVec b) { return _mm512_min_epi32(a, b); }
VIVACE_INLINE IVec max(IVec a, IVec b) { return _mm512_max_epi32(a, b); }
// The low byte of each of the first n lanes.
VIVACE_INLINE void store_bytes(void* p, IVec a, std::size_t n) {
  const __m128i bytes = _mm512_cvtepi32_epi8(a);
  if (n == kLanes)
    _mm_storeu_si128(static_cast<__m128i*>(p), bytes);
  else
    _mm_mask_storeu_epi8(p, first_n(n), bytes);
}
// kLanes bytes, widened with their sign, or without.
VIVACE_INLINE IVec load_signed_bytes(const void* p) {
  return _mm512_cvtepi8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(p)));
}
VIVACE_INLINE IVec load_unsigned_bytes(const void* p) {
  return _mm512_cvtepu8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(p)));
}
// sum + a0 b0 + a1 b1 of the two 16-bit numbers in each lane.
VIVACE_INLINE IVec dot_words(IVec sum, IVec a, IVec b) { return add(sum, _mm512_madd_epi16(a, b)); }

// Sixteen lanes as kBlock vectors: reductions along a contiguous axis use 16 (or a multiple) accumulators on
// every instruction set and fold them in one order (i with i+8, then +4, +2, +1), so that the sum has the
// same bits everywhere.
inline constexpr int kBlock = 16 / kLanes;
template <class Fold>
VIVACE_INLINE float fold4(__m128 v, Fold fold) {
  v = fold(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(fold(v, _mm_shuffle_ps(v, v, 1)));
}
VIVACE_INLINE float block_sum(const Vec (&v)[kBlock]) {
  const __m256 v8 = _mm256_add_ps(_mm512_castps512_ps256(v[0]), _mm512_extractf32x8_ps(v[0], 1));
  const __m128 v4 = _mm_add_ps(_mm256_castps256_ps128(v8), _mm256_extractf128_ps(v8, 1));
  return fold4(v4, [](__m128 a, __m128 b) { return _mm_add_ps(a, b); });
}
// A NaN in any lane gives NaN.
VIVACE_INLINE float block_max(const Vec (&v)[kBlock]) {
  if (any(is_nan(v[0]))) return __builtin_nanf("");
  const __m256 v8 = _mm256_max_ps(_mm512_castps512_ps256(v[0]), _mm512_extractf32x8_ps(v[0], 1));
  const __m128 v4 = _mm_max_ps(_mm256_castps256_ps128(v8), _mm256_extractf128_ps(v8, 1));
  return fold4(v4, [](__m128 a, __m128 b) { return _mm_max_ps(a, b); });
}
VIVACE_INLINE float block_min(const Vec (&v)[kBlock]) {
  const Vec n[1] = {negate(v[0])};
  return -block_max(n);
}

}  // namespace vivace::kernels::avx512::simd
