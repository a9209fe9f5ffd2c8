// The sizes of the caches that belong to one core, without a look at any file: for every start.
#pragma once

#include <cstddef>

namespace vivace::machine {

struct CoreCaches {
  std::size_t l1_bytes = 32 << 10;  // data
  std::size_t l2_bytes = 1 << 20;
};

/// Asks cpuid; what it does not tell stays as above.
CoreCaches read_core_caches();

}  // namespace vivace::machine
