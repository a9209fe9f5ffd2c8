// The ceiling of a core: more independent chains than latency times throughput (8 to 10) needs.
#include "kernels/probe/fma_peak.h"

namespace vivace::kernels::VIVACE_ISA {

void fma_peak(const FmaPeak& p) noexcept {
  constexpr int kChains = 12;
  simd::Vec chain[kChains];
  for (int i = 0; i < kChains; ++i) chain[i] = simd::splat(static_cast<float>(i));
  const simd::Vec factor = simd::splat(0.5f), addend = simd::splat(*p.sink);
  for (std::int64_t round = 0; round < p.rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) chain[i] = simd::fma(chain[i], factor, addend);
  }
  simd::Vec sum = simd::zero();
  for (int i = 0; i < kChains; ++i) sum = simd::add(sum, chain[i]);
  simd::store_n(p.sink, sum, 1);
  *p.flops = 2.0 * kChains * simd::kLanes * static_cast<double>(p.rounds);
}

}  // namespace vivace::kernels::VIVACE_ISA
