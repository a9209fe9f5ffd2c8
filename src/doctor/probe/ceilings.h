// What one core of this machine can do at most, measured on the spot.
#pragma once

#include "kernels/isa.h"
#include "vivace/ceilings.h"

namespace vivace::doctor {

/// Takes a quarter of a second or less, and twice the last cache's size of memory (at most kMostProbed).
/// Requires that the machine can run `isa`, with VNNI and tiles where that is said.
Ceilings measure_ceilings(kernels::Isa isa, bool vnni = false, bool tiles = false);

/// Multiply-adds of floats in registers, as floating-point operations a second; the best of several runs.
double measure_fma_peak(kernels::Isa isa);

inline constexpr std::size_t kMostProbed = std::size_t{256} << 20;

}  // namespace vivace::doctor
