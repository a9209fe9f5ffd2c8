#include "plan/arena.h"

#include <algorithm>
#include <numeric>

#include "base/aligned_buffer.h"

namespace vivace {
namespace {

std::size_t lower_bound_of(const std::vector<Lifetime>& lifetimes) {
  std::int32_t end = 0;
  for (const Lifetime& life : lifetimes) end = std::max(end, life.last + 1);
  std::vector<std::ptrdiff_t> change(static_cast<std::size_t>(end) + 1);
  for (const Lifetime& life : lifetimes) {
    const auto bytes = static_cast<std::ptrdiff_t>(aligned(life.bytes));
    change[static_cast<std::size_t>(life.first)] += bytes;
    change[static_cast<std::size_t>(life.last) + 1] -= bytes;
  }
  std::ptrdiff_t alive = 0, most = 0;
  for (const std::ptrdiff_t step : change) most = std::max(most, alive += step);
  return static_cast<std::size_t>(most);
}

// Puts buffers down in the given order, each into the smallest gap left by those alive at the same time.
Placement place_in_order(const std::vector<Lifetime>& lifetimes, const std::vector<std::size_t>& order) {
  Placement placement;
  placement.offsets.resize(lifetimes.size());
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t id : order) {
    const Lifetime& life = lifetimes[id];
    const std::size_t need = aligned(life.bytes);
    std::size_t end_of_last = 0, best = SIZE_MAX, best_gap = SIZE_MAX;
    for (const std::size_t other : placed) {
      const Lifetime& o = lifetimes[other];
      if (o.last < life.first || life.last < o.first) continue;
      const std::size_t start = placement.offsets[other];
      if (start > end_of_last && start - end_of_last >= need && start - end_of_last < best_gap) {
        best = end_of_last;
        best_gap = start - end_of_last;
      }
      end_of_last = std::max(end_of_last, start + aligned(o.bytes));
    }
    placement.offsets[id] = best == SIZE_MAX ? end_of_last : best;
    placement.bytes = std::max(placement.bytes, placement.offsets[id] + need);
    const auto place = std::upper_bound(placed.begin(), placed.end(), id, [&](std::size_t a, std::size_t b) {
      return placement.offsets[a] < placement.offsets[b];
    });
    placed.insert(place, id);
  }
  return placement;
}

}  // namespace

Placement place(const std::vector<Lifetime>& lifetimes) {
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  Placement best = place_in_order(lifetimes, order);
  const std::size_t bound = lower_bound_of(lifetimes);
  if (best.bytes > bound) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return lifetimes[a].first < lifetimes[b].first; });
    if (Placement other = place_in_order(lifetimes, order); other.bytes < best.bytes) best = std::move(other);
  }
  best.lower_bound = bound;
  return best;
}

}  // namespace vivace
