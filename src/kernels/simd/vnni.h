// What AVX-VNNI and AVX512-VNNI add to the vector layers of AVX2 and AVX-512. Included by generated units
// behind such a layer only.
#pragma once

#ifdef __AVX512VNNI__
namespace vivace::kernels::avx512_vnni::simd {
using namespace avx512::simd;

// sum + the four products of unsigned bytes of a and signed bytes of b, without saturation.
VIVACE_INLINE IVec dot_bytes(IVec sum, IVec a, IVec b) { return _mm512_dpbusd_epi32(sum, a, b); }
VIVACE_INLINE IVec dot_words(IVec sum, IVec a, IVec b) { return _mm512_dpwssd_epi32(sum, a, b); }
}  // namespace vivace::kernels::avx512_vnni::simd
#else
namespace vivace::kernels::avx2_vnni::simd {
using namespace avx2::simd;

VIVACE_INLINE IVec dot_bytes(IVec sum, IVec a, IVec b) { return _mm256_dpbusd_avx_epi32(sum, a, b); }
VIVACE_INLINE IVec dot_words(IVec sum, IVec a, IVec b) { return _mm256_dpwssd_avx_epi32(sum, a, b); }
}  // namespace vivace::kernels::avx2_vnni::simd
#endif

#define VIVACE_DOT_BYTES
