// The ceiling of a memory: loads that hit nothing but it.
#pragma once

#include "kernels/isa.h"

namespace vivace::kernels {

/// Reads `count` floats from `from`, `rounds` times.
struct ReadStream {
  const float* from;
  std::size_t count;  // a multiple of kReadStreamStep
  std::int64_t rounds;
  float* sink;  // out: their sum, so that the work is not dropped
};

/// Floats read in one turn of the loop: eight of the widest vectors.
inline constexpr std::size_t kReadStreamStep = 128;

VIVACE_KERNEL(read_stream, ReadStream);

}  // namespace vivace::kernels
