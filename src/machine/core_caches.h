// The sizes of the caches that hold data, without a look at any file: for every start.
#pragma once

#include <cstddef>
#include <vector>

namespace vivace::machine {

struct Cache {
  int level = 1;
  std::size_t bytes = 0;
};

/// Those that a core's data passes through, nearest first: asks cpuid. Empty where it does not tell.
std::vector<Cache> read_caches();

/// The caches that belong to one core.
struct CoreCaches {
  std::size_t l1_bytes = 32 << 10;
  std::size_t l2_bytes = 1 << 20;
};

/// What cpuid does not tell stays as above.
CoreCaches read_core_caches();

}  // namespace vivace::machine
