// The one order in which a contiguous row is folded: 64 lanes, four blocks of 16, the same on every
// instruction set. Included by kernel bodies only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

constexpr std::size_t kBlockLanes = 16;
constexpr std::size_t kBlocks = 4;

/// Calls f(block, part, offset, lanes) for every vector of a row: `lanes` floats from `offset` on, which
/// belong to accumulator [block][part].
template <class F>
VIVACE_INLINE void for_each_vector(std::size_t count, F f) {
  std::size_t i = 0;
  for (; i + kBlocks * kBlockLanes <= count; i += kBlocks * kBlockLanes)
    for (std::size_t block = 0; block < kBlocks; ++block)
      for (std::size_t part = 0; part < simd::kBlock; ++part)
        f(block, part, i + block * kBlockLanes + part * simd::kLanes, simd::kLanes);
  for (std::size_t lane = 0; i < count; i += simd::kLanes, lane += simd::kLanes)
    f(lane / kBlockLanes, lane % kBlockLanes / simd::kLanes, i,
      count - i < simd::kLanes ? count - i : simd::kLanes);
}

VIVACE_INLINE Vec load_some(const float* p, std::size_t lanes) {
  return lanes == simd::kLanes ? simd::load(p) : simd::load_n(p, lanes);
}
VIVACE_INLINE void store_some(float* p, Vec v, std::size_t lanes) {
  lanes == simd::kLanes ? simd::store(p, v) : simd::store_n(p, v, lanes);
}
/// The first lanes of v, then those of `rest`.
VIVACE_INLINE Vec first_lanes(Vec v, Vec rest, std::size_t lanes) {
  static constexpr std::int32_t kNumbers[kBlockLanes] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                         8, 9, 10, 11, 12, 13, 14, 15};
  if (lanes == simd::kLanes) return v;
  const auto count = simd::splat_int(static_cast<std::int32_t>(lanes));
  return simd::select(simd::greater(count, simd::load_int(kNumbers)), v, rest);
}

/// Accumulators of a row.
struct Lanes {
  Vec v[kBlocks][simd::kBlock];
};

/// The fold of f(offset, lanes) over a row, where `start` changes nothing when folded in.
template <class Join, class F>
VIVACE_INLINE void fold_lanes(Lanes& sums, std::size_t count, float start, Join join, F f) {
  for (auto& block : sums.v)
    for (Vec& v : block) v = simd::splat(start);
  for_each_vector(count, [&](std::size_t block, std::size_t part, std::size_t offset, std::size_t lanes) {
    Vec& v = sums.v[block][part];
    v = join(v, first_lanes(f(offset, lanes), simd::splat(start), lanes));
  });
  for (std::size_t part = 0; part < simd::kBlock; ++part)
    sums.v[0][part] = join(join(sums.v[0][part], sums.v[1][part]), join(sums.v[2][part], sums.v[3][part]));
}

template <class F>
VIVACE_INLINE float tree_sum(std::size_t count, F f) {
  Lanes lanes;
  fold_lanes(
      lanes, count, 0.0f, [](Vec a, Vec b) { return simd::add(a, b); }, f);
  return simd::block_sum(lanes.v[0]);
}

/// NaN in either operand survives.
VIVACE_INLINE Vec larger(Vec a, Vec b) { return simd::select(simd::is_nan(a), a, simd::max(a, b)); }
VIVACE_INLINE Vec smaller(Vec a, Vec b) { return simd::select(simd::is_nan(a), a, simd::min(a, b)); }

template <class F>
VIVACE_INLINE float tree_max(std::size_t count, F f) {
  Lanes lanes;
  fold_lanes(
      lanes, count, -__builtin_inff(), [](Vec a, Vec b) { return larger(a, b); }, f);
  return simd::block_max(lanes.v[0]);
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
