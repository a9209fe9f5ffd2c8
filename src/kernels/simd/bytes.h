// Vectors of 32-bit numbers scaled and narrowed to bytes. Included by kernel bodies only, after the vector
// layer of VIVACE_ISA, whose width it takes.
#pragma once

namespace vivace::kernels::VIVACE_ISA::simd {

// doubling_high: rounding_doubling_high(a, b) for |a| < 2^30 and b >= 0; b_odd holds b's odd lanes at even
// places.
//   2 a * b   even lanes, odd lanes: 64 bits each, + 2^31; their upper halves, put together again
// pack_bytes: the lanes of a, b, c and d one after another, those outside [0, 255] bounded by it.
// pack_in_lanes: the same, lane of 128 bits by lane: 4 numbers of each. pack_upper, pack_upper_in_lanes: of
// the upper 16 bits, signed, of each number. zip_bytes<0>, zip_words<0>: the
// elements of the lower half of each lane of 128 bits of a and b in turn; <1>: of the upper. nudge: the sign
// of x on `step`. least_fractions, has_fraction_below: of the lower 16 bits, unsigned.
// load_parts<kParts>: a vector of parts, that many bytes from at(0), at(1) .. on.
// store_part<kParts>: the first n bytes of a kParts-th of v. max_bytes, min_bytes: unsigned.
#if defined(__AVX512F__)
using Bytes = __m512i;

VIVACE_INLINE IVec doubling_high(IVec a, IVec b, IVec b_odd) {
  const __m512i half = _mm512_set1_epi64(std::int64_t{1} << 31), twice = _mm512_add_epi32(a, a);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(twice, b), half);
  const __m512i shifted = _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(twice)));
  const __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(shifted, b_odd), half);
  return _mm512_castps_si512(
      _mm512_mask_movehdup_ps(_mm512_castsi512_ps(odd), 0x5555, _mm512_castsi512_ps(even)));
}
VIVACE_INLINE Bytes splat_byte(std::uint8_t x) { return _mm512_set1_epi8(static_cast<char>(x)); }
VIVACE_INLINE Bytes load_bytes(const void* p) { return _mm512_loadu_si512(p); }
VIVACE_INLINE Bytes max_bytes(Bytes a, Bytes b) { return _mm512_max_epu8(a, b); }
VIVACE_INLINE Bytes min_bytes(Bytes a, Bytes b) { return _mm512_min_epu8(a, b); }
VIVACE_INLINE Bytes flip_bytes(Bytes v, Bytes flip) { return _mm512_xor_si512(v, flip); }
VIVACE_INLINE Bytes pack_in_lanes(IVec a, IVec b, IVec c, IVec d) {
  return _mm512_packus_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d));
}
VIVACE_INLINE Bytes pack_bytes(IVec a, IVec b, IVec c, IVec d) {
  return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
                                  pack_in_lanes(a, b, c, d));
}
// Of each lane of 128 bits: a0 b0 a1 b1 .. as bytes, then c0 d0 ..
VIVACE_INLINE Bytes mix_upper(IVec a, IVec b, IVec c, IVec d) {
  return _mm512_packus_epi16(_mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(a, 16), b),
                             _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(c, 16), d));
}
VIVACE_INLINE Bytes pack_upper_in_lanes(IVec a, IVec b, IVec c, IVec d) {
  const __m128i order = _mm_setr_epi8(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15);
  return _mm512_shuffle_epi8(mix_upper(a, b, c, d), _mm512_broadcast_i32x4(order));
}
VIVACE_INLINE Bytes pack_upper(IVec a, IVec b, IVec c, IVec d) {
#if defined(__AVX512VBMI__)
  alignas(64) static constexpr std::uint8_t kOrder[64] = {
      0,  2,  4,  6,  16, 18, 20, 22, 32, 34, 36, 38, 48, 50, 52, 54, 1,  3,  5,  7,  17, 19,
      21, 23, 33, 35, 37, 39, 49, 51, 53, 55, 8,  10, 12, 14, 24, 26, 28, 30, 40, 42, 44, 46,
      56, 58, 60, 62, 9,  11, 13, 15, 25, 27, 29, 31, 41, 43, 45, 47, 57, 59, 61, 63};
  return _mm512_permutexvar_epi8(_mm512_load_si512(kOrder), mix_upper(a, b, c, d));
#else
  return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
                                  pack_upper_in_lanes(a, b, c, d));
#endif
}
template <int kParts, class At>
VIVACE_INLINE Bytes load_parts(At at) {
  if constexpr (kParts == 1) return load_bytes(at(0));
  if constexpr (kParts == 2) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at(0))),
                  second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at(1)));
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
  }
  const auto part = [&](std::size_t i) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at(i))); };
  const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(part(0)), part(1), 1),
                high = _mm256_inserti128_si256(_mm256_castsi128_si256(part(2)), part(3), 1);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}
VIVACE_INLINE IVec least_fractions(IVec a, IVec b) { return _mm512_min_epu16(a, b); }
VIVACE_INLINE bool has_fraction_below(IVec v, std::int32_t bound) {
  return _mm512_mask_cmplt_epu16_mask(0x55555555, v, _mm512_set1_epi32(bound)) != 0;
}
template <int kHalf>
VIVACE_INLINE Bytes zip_bytes(Bytes a, Bytes b) {
  return kHalf ? _mm512_unpackhi_epi8(a, b) : _mm512_unpacklo_epi8(a, b);
}
template <int kHalf>
VIVACE_INLINE Bytes zip_words(Bytes a, Bytes b) {
  return kHalf ? _mm512_unpackhi_epi16(a, b) : _mm512_unpacklo_epi16(a, b);
}
VIVACE_INLINE Vec nudge(Vec x, Vec step) {
  return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(INT32_MIN),
                                                       _mm512_castps_si512(step), 0xea));  // a & b | c
}
template <int kParts>
VIVACE_INLINE void store_part(void* p, Bytes v, int part, std::size_t n) {
  if constexpr (kParts == 1) {
    if (n >= 64)
      _mm512_storeu_si512(p, v);
    else
      _mm512_mask_storeu_epi8(p, (std::uint64_t{1} << n) - 1, v);
  } else if constexpr (kParts == 2) {
    const __m256i half = part == 0 ? _mm512_castsi512_si256(v) : _mm512_extracti64x4_epi64(v, 1);
    if (n >= 32)
      _mm256_storeu_si256(static_cast<__m256i*>(p), half);
    else
      _mm256_mask_storeu_epi8(p, static_cast<__mmask32>((std::uint64_t{1} << n) - 1), half);
  } else {
    const __m128i quarter = part == 0   ? _mm512_castsi512_si128(v)
                            : part == 1 ? _mm512_extracti32x4_epi32(v, 1)
                            : part == 2 ? _mm512_extracti32x4_epi32(v, 2)
                                        : _mm512_extracti32x4_epi32(v, 3);
    if (n >= 16)
      _mm_storeu_si128(static_cast<__m128i*>(p), quarter);
    else
      _mm_mask_storeu_epi8(p, static_cast<__mmask16>((1U << n) - 1), quarter);
  }
}
#else
#if defined(__AVX2__)
using Bytes = __m256i;

VIVACE_INLINE IVec doubling_high(IVec a, IVec b, IVec b_odd) {
  const __m256i half = _mm256_set1_epi64x(std::int64_t{1} << 31), twice = _mm256_add_epi32(a, a);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(twice, b), half);
  const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_shuffle_epi32(twice, 0xf5), b_odd), half);
  return _mm256_blend_epi32(_mm256_shuffle_epi32(even, 0xf5), odd, 0xaa);
}
VIVACE_INLINE Bytes splat_byte(std::uint8_t x) { return _mm256_set1_epi8(static_cast<char>(x)); }
VIVACE_INLINE Bytes load_bytes(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
VIVACE_INLINE Bytes max_bytes(Bytes a, Bytes b) { return _mm256_max_epu8(a, b); }
VIVACE_INLINE Bytes min_bytes(Bytes a, Bytes b) { return _mm256_min_epu8(a, b); }
VIVACE_INLINE Bytes flip_bytes(Bytes v, Bytes flip) { return _mm256_xor_si256(v, flip); }
VIVACE_INLINE Bytes pack_in_lanes(IVec a, IVec b, IVec c, IVec d) {
  return _mm256_packus_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
}
VIVACE_INLINE Bytes pack_bytes(IVec a, IVec b, IVec c, IVec d) {
  return _mm256_permutevar8x32_epi32(pack_in_lanes(a, b, c, d), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}
template <int kParts, class At>
VIVACE_INLINE Bytes load_parts(At at) {
  if constexpr (kParts == 1) return load_bytes(at(0));
  const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at(0))),
                second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at(1)));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
}
VIVACE_INLINE IVec least_fractions(IVec a, IVec b) { return _mm256_min_epu16(a, b); }
VIVACE_INLINE bool has_fraction_below(IVec v, std::int32_t bound) {
  const __m256i below = _mm256_subs_epu16(_mm256_set1_epi32(bound), v);
  return _mm256_testz_si256(below, _mm256_set1_epi32(0xffff)) == 0;
}
template <int kHalf>
VIVACE_INLINE Bytes zip_bytes(Bytes a, Bytes b) {
  return kHalf ? _mm256_unpackhi_epi8(a, b) : _mm256_unpacklo_epi8(a, b);
}
template <int kHalf>
VIVACE_INLINE Bytes zip_words(Bytes a, Bytes b) {
  return kHalf ? _mm256_unpackhi_epi16(a, b) : _mm256_unpacklo_epi16(a, b);
}
VIVACE_INLINE void store_all(std::uint8_t* to, Bytes v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v);
}
#else
using Bytes = __m128i;

// Unsigned products, less b 2^32 where a is negative.
VIVACE_INLINE IVec doubling_high(IVec a, IVec b, IVec b_odd) {
  const __m128i half = _mm_set1_epi32(INT32_MIN), low = _mm_set1_epi64x(0xffffffff);
  const __m128i twice = _mm_add_epi32(a, a), below = _mm_and_si128(_mm_srai_epi32(a, 31), b);
  const __m128i even = _mm_add_epi64(_mm_mul_epu32(twice, b), _mm_and_si128(half, low));
  const __m128i odd =
      _mm_add_epi64(_mm_mul_epu32(_mm_srli_epi64(twice, 32), b_odd), _mm_and_si128(half, low));
  return _mm_sub_epi32(_mm_or_si128(_mm_srli_epi64(even, 32), _mm_andnot_si128(low, odd)), below);
}
VIVACE_INLINE Bytes splat_byte(std::uint8_t x) { return _mm_set1_epi8(static_cast<char>(x)); }
VIVACE_INLINE Bytes load_bytes(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
VIVACE_INLINE Bytes max_bytes(Bytes a, Bytes b) { return _mm_max_epu8(a, b); }
VIVACE_INLINE Bytes min_bytes(Bytes a, Bytes b) { return _mm_min_epu8(a, b); }
VIVACE_INLINE Bytes flip_bytes(Bytes v, Bytes flip) { return _mm_xor_si128(v, flip); }
VIVACE_INLINE Bytes pack_in_lanes(IVec a, IVec b, IVec c, IVec d) {
  return _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
}
VIVACE_INLINE Bytes pack_bytes(IVec a, IVec b, IVec c, IVec d) { return pack_in_lanes(a, b, c, d); }
template <int kParts, class At>
VIVACE_INLINE Bytes load_parts(At at) {
  if constexpr (kParts == 1) return load_bytes(at(0));
  return _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(at(0))),
                            _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at(1))));
}
VIVACE_INLINE IVec least_fractions(IVec a, IVec b) { return _mm_sub_epi16(a, _mm_subs_epu16(a, b)); }
VIVACE_INLINE bool has_fraction_below(IVec v, std::int32_t bound) {
  const __m128i below = _mm_and_si128(_mm_subs_epu16(_mm_set1_epi32(bound), v), _mm_set1_epi32(0xffff));
  return _mm_movemask_epi8(_mm_cmpeq_epi8(below, _mm_setzero_si128())) != 0xffff;
}
template <int kHalf>
VIVACE_INLINE Bytes zip_bytes(Bytes a, Bytes b) {
  return kHalf ? _mm_unpackhi_epi8(a, b) : _mm_unpacklo_epi8(a, b);
}
template <int kHalf>
VIVACE_INLINE Bytes zip_words(Bytes a, Bytes b) {
  return kHalf ? _mm_unpackhi_epi16(a, b) : _mm_unpacklo_epi16(a, b);
}
VIVACE_INLINE void store_all(std::uint8_t* to, Bytes v) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v);
}
#endif
VIVACE_INLINE Bytes pack_upper(IVec a, IVec b, IVec c, IVec d) {
  return pack_bytes(shift_right_signed<16>(a), shift_right_signed<16>(b), shift_right_signed<16>(c),
                    shift_right_signed<16>(d));
}
VIVACE_INLINE Bytes pack_upper_in_lanes(IVec a, IVec b, IVec c, IVec d) {
  return pack_in_lanes(shift_right_signed<16>(a), shift_right_signed<16>(b), shift_right_signed<16>(c),
                       shift_right_signed<16>(d));
}
VIVACE_INLINE Vec nudge(Vec x, Vec step) { return copy_sign(step, x); }
template <int kParts>
VIVACE_INLINE void store_part(void* p, Bytes v, int part, std::size_t n) {
  constexpr std::size_t kSize = sizeof(Bytes) / kParts;
  if (kParts == 1 && n >= kSize) return store_all(static_cast<std::uint8_t*>(p), v);
  std::uint8_t bytes[sizeof(Bytes)];
  store_all(bytes, v);
  const std::uint8_t* const from = bytes + static_cast<std::size_t>(part) * kSize;
  if (n >= kSize)
    __builtin_memcpy(p, from, kSize);
  else
    __builtin_memcpy(p, from, n);
}
#endif

}  // namespace vivace::kernels::VIVACE_ISA::simd
