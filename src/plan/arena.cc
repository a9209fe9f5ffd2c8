#include "plan/arena.h"

#include <algorithm>
#include <numeric>

#include "base/memory/aligned_buffer.h"

namespace vivace {
namespace {

// Orders tried from each start while the lower bound is not met, and how many comparisons of two buffers they
// may take together: half a millisecond, so that opening stays quick.
constexpr std::size_t kMostAttempts = 16, kMostComparisons = 500'000;

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

// An order in which those that came out on top are put down first.
std::vector<std::size_t> top_first(const std::vector<Lifetime>& lifetimes, std::vector<std::size_t> order,
                                   const Placement& placement) {
  std::stable_partition(order.begin(), order.end(), [&](std::size_t id) {
    return placement.offsets[id] + aligned(lifetimes[id].bytes) == placement.bytes;
  });
  return order;
}

// Sorts all by `key`, and puts them down in that order; then those on top first, a few times.
template <class Key>
void try_order(const std::vector<Lifetime>& lifetimes, Key key, std::size_t bound, Placement& best) {
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t id) { return key(lifetimes[id]); });
  const std::size_t attempts = std::clamp<std::size_t>(
      kMostComparisons / std::max<std::size_t>(1, order.size() * order.size()), 1, kMostAttempts);
  for (std::size_t attempt = 0; attempt < attempts && best.bytes > bound; ++attempt) {
    Placement placement = place_in_order(lifetimes, order);
    order = top_first(lifetimes, std::move(order), placement);
    if (placement.bytes < best.bytes) best = std::move(placement);
  }
}

}  // namespace

Placement place(const std::vector<Lifetime>& lifetimes) {
  Placement best;
  best.bytes = SIZE_MAX;
  const std::size_t bound = lower_bound_of(lifetimes);
  // ~x: descending, for unsigned numbers.
  try_order(
      lifetimes, [](const Lifetime& life) { return ~life.bytes; }, bound, best);
  try_order(
      lifetimes, [](const Lifetime& life) { return life.first; }, bound, best);
  best.lower_bound = bound;
  return best;
}

}  // namespace vivace
