// The ceiling of a core: more independent chains than latency times throughput (5 to 10) needs.
#include "kernels/probe/dot_peak.h"
#include "kernels/quantised/dot.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

#ifdef VIVACE_DOT_BYTES
using Dot = Bytes;
#else
using Dot = Words;
#endif

}  // namespace

void dot_peak(const DotPeak& p) noexcept {
  constexpr int kChains = 12;
  IVec chain[kChains];
  for (int i = 0; i < kChains; ++i) chain[i] = simd::splat_int(i);
  const IVec x = simd::splat_int(*p.sink);
  for (std::int64_t round = 0; round < p.rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) chain[i] = Dot::dot(chain[i], x, x);
  }
  IVec sum = chain[0];
  for (int i = 1; i < kChains; ++i) sum = simd::add(sum, chain[i]);
  std::int32_t lanes[simd::kLanes];
  simd::store_int(lanes, sum);
  *p.sink = lanes[0];
  *p.operations = 2.0 * kChains * Dot::kTogether * simd::kLanes * static_cast<double>(p.rounds);
}

}  // namespace vivace::kernels::VIVACE_ISA
