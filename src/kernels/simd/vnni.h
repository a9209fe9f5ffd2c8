// What AVX-VNNI and AVX512-VNNI add to the vector layers of AVX2 and AVX-512. Included by generated units
// behind such a layer only. Written out, since g++ 12 copies the sum of each intrinsic to another register
// and, with many sums at once, to memory.
#pragma once

#ifdef __AVX512VNNI__
namespace vivace::kernels::avx512_vnni::simd {
using namespace avx512::simd;

// sum + the four products of unsigned bytes of a and signed bytes of b, without saturation.
VIVACE_INLINE IVec dot_bytes(IVec sum, IVec a, IVec b) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  return sum;
}
VIVACE_INLINE IVec dot_words(IVec sum, IVec a, IVec b) {
  asm("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  return sum;
}
}  // namespace vivace::kernels::avx512_vnni::simd
#else
namespace vivace::kernels::avx2_vnni::simd {
using namespace avx2::simd;

VIVACE_INLINE IVec dot_bytes(IVec sum, IVec a, IVec b) {
  asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
  return sum;
}
VIVACE_INLINE IVec dot_words(IVec sum, IVec a, IVec b) {
  asm("%{vex%} vpdpwssd %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
  return sum;
}
}  // namespace vivace::kernels::avx2_vnni::simd
#endif

#define VIVACE_DOT_BYTES
