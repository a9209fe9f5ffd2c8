// The ceiling of a core: products of bytes, or of pairs of 16 bits where it has none of bytes, in registers.
#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace vivace::kernels {

/// Independent chains of sums, `rounds` dot products each; or of tiles.
struct DotPeak {
  std::int64_t rounds;
  double* operations;  // out: what was done, two for each product
  std::int32_t* sink;  // out: keeps the work from being dropped
};

VIVACE_DOT_KERNEL(dot_peak, DotPeak);
VIVACE_TILE_KERNEL(tile_peak, DotPeak);

}  // namespace vivace::kernels
