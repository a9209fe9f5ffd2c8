// One sweep, bound by memory: four tests of a vector cost less than its load from beyond the first cache.
#include "kernels/survey/survey.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Counts are kept in float lanes, exact up to 2^24; a run of this many vectors stays below.
constexpr std::size_t kRunVectors = std::size_t{1} << 20;

struct Lanes {
  Vec smallest, largest, nans, infinities;
};

VIVACE_INLINE void look(Lanes& lanes, Vec v) {
  const Vec one = simd::splat(1.0f), infinity = simd::splat(__builtin_inff());
  const auto nan = simd::is_nan(v);
  lanes.smallest = simd::min(lanes.smallest, simd::select(nan, infinity, v));
  lanes.largest = simd::max(lanes.largest, simd::select(nan, simd::negate(infinity), v));
  lanes.nans = simd::add(lanes.nans, simd::select(nan, one, simd::zero()));
  lanes.infinities =
      simd::add(lanes.infinities, simd::select(simd::equal(simd::abs(v), infinity), one, simd::zero()));
}

void gather(const Lanes& lanes, Surveyed& result) {
  float smallest[simd::kLanes], largest[simd::kLanes], nans[simd::kLanes], infinities[simd::kLanes];
  simd::store(smallest, lanes.smallest);
  simd::store(largest, lanes.largest);
  simd::store(nans, lanes.nans);
  simd::store(infinities, lanes.infinities);
  for (std::size_t i = 0; i < simd::kLanes; ++i) {
    if (smallest[i] < result.smallest) result.smallest = smallest[i];
    if (largest[i] > result.largest) result.largest = largest[i];
    result.nans += static_cast<std::size_t>(nans[i]);
    result.infinities += static_cast<std::size_t>(infinities[i]);
  }
}

// The elements behind the last whole vector.
void look_at_tail(const float* x, std::size_t n, Surveyed& result) {
  for (std::size_t i = 0; i < n; ++i) {
    if (x[i] < result.smallest) result.smallest = x[i];
    if (x[i] > result.largest) result.largest = x[i];
    result.nans += x[i] != x[i] ? 1 : 0;
    result.infinities += __builtin_isinf(x[i]) ? 1 : 0;
  }
}

}  // namespace

void survey(const Survey& p) noexcept {
  const float infinity = __builtin_inff();
  *p.result = {infinity, -infinity, 0, 0};
  std::size_t i = 0;
  while (i + simd::kLanes <= p.n) {
    Lanes lanes{simd::splat(infinity), simd::splat(-infinity), simd::zero(), simd::zero()};
    for (std::size_t run = 0; run < kRunVectors && i + simd::kLanes <= p.n; ++run, i += simd::kLanes)
      look(lanes, simd::load(p.x + i));
    gather(lanes, *p.result);
  }
  look_at_tail(p.x + i, p.n - i, *p.result);
}

}  // namespace vivace::kernels::VIVACE_ISA
