// What AMX adds to the vector layer of AVX-512: eight registers of 16 rows of 64 bytes. Included by generated
// units behind that layer only.
#pragma once

namespace vivace::kernels::avx512_amx::simd {
using namespace avx512::simd;

// Until it is destroyed the eight tiles are there, all whole; then none is, so that the operating system has
// nothing to save.
class Tiles {
 public:
  [[gnu::always_inline]] Tiles() {
    struct alignas(64) {
      std::uint8_t palette = 1, start = 0, reserved[14] = {};
      std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } shape;
    asm volatile("ldtilecfg %0" : : "m"(shape));
  }
  [[gnu::always_inline]] ~Tiles() { asm volatile("tilerelease"); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
};

// Rows `stride` bytes apart.
template <int kTile>
VIVACE_INLINE void load_tile(const void* from, std::size_t stride) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(stride), "i"(kTile) : "memory");
}
template <int kTile>
VIVACE_INLINE void clear_tile() {
  asm volatile("tilezero %%tmm%c0" : : "i"(kTile));
}
template <int kTile>
VIVACE_INLINE void store_tile(void* to, std::size_t stride) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(to), "r"(stride), "i"(kTile) : "memory");
}
// c + a * b: a's rows of 64 bytes, signed or not; b's rows hold 4 signed bytes of each of 16 columns.
template <bool kSigned, int kC, int kA, int kB>
VIVACE_INLINE void tile_dot_bytes() {
  if constexpr (kSigned)
    asm volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kC), "i"(kA), "i"(kB));
  else
    asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kC), "i"(kA), "i"(kB));
}

}  // namespace vivace::kernels::avx512_amx::simd
