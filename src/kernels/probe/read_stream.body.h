// The ceiling of a memory: eight sums, so that the additions' latency does not hold up the loads.
#include "kernels/probe/read_stream.h"

namespace vivace::kernels::VIVACE_ISA {

void read_stream(const ReadStream& p) noexcept {
  constexpr int kSums = 8;
  constexpr std::size_t kStep = kSums * simd::kLanes;
  static_assert(kReadStreamStep % kStep == 0);
  simd::Vec sums[kSums];
  for (simd::Vec& sum : sums) sum = simd::zero();
  for (std::int64_t round = 0; round < p.rounds; ++round)
    for (std::size_t i = 0; i < p.count; i += kStep)
#pragma GCC unroll 8
      for (int s = 0; s < kSums; ++s)
        sums[s] = simd::add(sums[s], simd::load(p.from + i + static_cast<std::size_t>(s) * simd::kLanes));
  for (int s = 1; s < kSums; ++s) sums[0] = simd::add(sums[0], sums[s]);
  float lanes[simd::kLanes];
  simd::store(lanes, sums[0]);
  *p.sink = 0;
  for (const float lane : lanes) *p.sink += lane;
}

}  // namespace vivace::kernels::VIVACE_ISA
