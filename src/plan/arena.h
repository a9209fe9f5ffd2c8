// Placing buffers that live at different times in one piece of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vivace {

/// A buffer alive from step `first` to step `last`, both included.
struct Lifetime {
  std::size_t bytes = 0;
  std::int32_t first = 0;
  std::int32_t last = 0;
};

struct Placement {
  std::vector<std::size_t> offsets;  // one for each lifetime, 64-byte aligned
  std::size_t bytes = 0;
  std::size_t lower_bound = 0;  // max over time of the bytes alive
};

/// Greedy by size with best-fit gaps (arXiv 2001.03288), and by start where that does not meet the lower
/// bound; from both, again with those first that came out on top.
Placement place(const std::vector<Lifetime>& lifetimes);

}  // namespace vivace
