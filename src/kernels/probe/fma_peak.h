// The ceiling of a core: multiply-adds in registers, nothing else.
#pragma once

#include "kernels/isa.h"

namespace vivace::kernels {

/// Independent chains of x = x / 2 + sink, `rounds` multiply-adds each.
struct FmaPeak {
  std::int64_t rounds;
  double* flops;  // out: what was done
  float* sink;    // out: keeps the work from being dropped
};

VIVACE_KERNEL(fma_peak, FmaPeak);

}  // namespace vivace::kernels
