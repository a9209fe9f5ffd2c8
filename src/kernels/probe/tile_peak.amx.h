// The ceiling of a core: four tiles of sums, 16 x 16 each, of 64 products.
#include "kernels/probe/dot_peak.h"

namespace vivace::kernels::VIVACE_ISA {

void tile_peak(const DotPeak& p) noexcept {
  alignas(64) std::int32_t tile[16 * 16];
  for (std::int32_t& number : tile) number = *p.sink;
  const simd::Tiles in_use;
  simd::load_tile<0>(tile, 64);
  simd::load_tile<1>(tile, 64);
  simd::load_tile<2>(tile, 64);
  simd::load_tile<3>(tile, 64);
  simd::load_tile<4>(tile, 64);
  simd::load_tile<6>(tile, 64);
  for (std::int64_t round = 0; round < p.rounds; ++round) {
    simd::tile_dot_bytes<false, 0, 4, 6>();
    simd::tile_dot_bytes<false, 1, 4, 6>();
    simd::tile_dot_bytes<false, 2, 4, 6>();
    simd::tile_dot_bytes<false, 3, 4, 6>();
  }
  simd::store_tile<3>(tile, 64);
  *p.sink = tile[0];
  *p.operations = 2.0 * 4 * 16 * 16 * 64 * static_cast<double>(p.rounds);
}

}  // namespace vivace::kernels::VIVACE_ISA
