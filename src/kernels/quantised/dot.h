// Dot products of the bytes, or of the 16-bit numbers, in a lane. Included by kernel bodies only.
#pragma once

#include <cstddef>

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::IVec;

struct Words {
  static constexpr std::size_t kTogether = 2;
  [[gnu::always_inline]] static IVec dot(IVec sum, IVec x, IVec w) { return simd::dot_words(sum, x, w); }
};
#ifdef VIVACE_DOT_BYTES
struct Bytes {
  static constexpr std::size_t kTogether = 4;
  [[gnu::always_inline]] static IVec dot(IVec sum, IVec x, IVec w) { return simd::dot_bytes(sum, x, w); }
};
#else
using Bytes = Words;  // never asked for
#endif

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
