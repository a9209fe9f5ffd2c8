// Dot products of the bytes, or of the 16-bit numbers, in a lane. Included by kernel bodies only.
#pragma once

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::IVec;

struct Words {
  [[gnu::always_inline]] static IVec dot(IVec sum, IVec x, IVec w) { return simd::dot_words(sum, x, w); }
};
#ifdef VIVACE_DOT_BYTES
struct Bytes {
  [[gnu::always_inline]] static IVec dot(IVec sum, IVec x, IVec w) { return simd::dot_bytes(sum, x, w); }
};
#else
using Bytes = Words;  // never asked for
#endif

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
