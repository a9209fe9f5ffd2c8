// How the sums of zipped channels become results. Included by kernel bodies only.
#pragma once

#include <type_traits>

#include "kernels/quantised/requantise.h"
#include "kernels/quantised/zipped.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// The end of n channels' sums of one place.
void end_place(const QDepthwise& p, const std::int32_t* sums, std::size_t place, std::size_t channel,
               std::size_t n) {
  for (std::size_t j = 0; j < n; j += simd::kLanes) {
    const std::size_t first = channel + j, at = place * p.channels + first,
                      columns = smaller(n - j, simd::kLanes);
    const IVec sum = simd::load_int(sums + j);
    if (p.y) {
      const FloatEnd& end = p.float_end;
      const simd::Vec v = simd::to_float(sum), scale = simd::load(end.scales + first),
                      row = simd::splat(end.row_scales[place / end.rows_each]);
      const simd::Vec scaled =
          end.weights_scale_first ? simd::mul(simd::mul(v, scale), row) : simd::mul(v, simd::mul(row, scale));
      simd::store_n(p.y + at, simd::add(scaled, simd::load(end.bias + first)), columns);
      continue;
    }
    const auto finish = [&](const auto& end) {
      const IVec v = end(sum, 0);
      simd::store_part<4>(p.c + at, end.bytes(v, v, v, v), 0, columns);
    };
    if (p.end.bounded)
      finish(Requantise<true, 1>(p.end, first));
    else
      finish(Requantise<false, 1>(p.end, first));
  }
}

// The end of a vector's sums that is not done in zipped order: floats, unbounded sums, and those too near a
// tie for float32.
[[gnu::noinline]] void end_exactly(const Block& b, std::size_t place, std::size_t places, IVec v0, IVec v1,
                                   IVec v2, IVec v3) {
  std::int32_t zipped[kChannels], sums[kChannels + simd::kLanes] = {};
  const IVec v[kVecs] = {v0, v1, v2, v3};
  for (std::size_t k = 0; k < kVecs; ++k) simd::store_int(zipped + k * simd::kLanes, v[k]);
  for (std::size_t quad = 0; quad < kChannels / 4; ++quad)
    __builtin_memcpy(sums + quad * 4, zipped + quad % kVecs * simd::kLanes + quad / kVecs * 4, 16);
  for (std::size_t i = 0; i < places; ++i)
    end_place(b.p, sums + i * (kChannels / b.places), place + i * b.next_place, b.channel, b.channels);
}

// The results of `places` places of a vector, the first of which is `place`.
VIVACE_INLINE void store_places(const Block& b, std::size_t place, std::size_t places, simd::Bytes bytes) {
  const std::size_t step = b.next_place * b.p.channels;
  std::uint8_t* const c = b.p.c + place * b.p.channels + b.channel;
  if (b.pieces == 1) return simd::store_part<1>(c, bytes, 0, places * b.channels);
  for (std::size_t i = 0; i < places; ++i)
    if (b.pieces == 2)
      simd::store_part<2>(c + i * step, bytes, static_cast<int>(i), b.channels);
    else
      simd::store_part<4>(c + i * step, bytes, static_cast<int>(i), b.channels);
}

struct NoEnd {
  NoEnd(const QuantisedEnd&, std::size_t) {}
};

// How sums end: in integers or floats, in float32 as numbers of 16 bits first, or in float32 to nearest even.
enum class End : std::uint8_t { exact, nearly, rising, even };

// Calls run with the end that p's sums take.
template <class Run>
VIVACE_INLINE auto with_end(const QDepthwise& p, Run run) {
  if (!p.y && p.end.even) return run.template operator()<End::even>();
  if (p.y || !p.end.bounded) return run.template operator()<End::exact>();
  return p.end.rising() ? run.template operator()<End::rising>() : run.template operator()<End::nearly>();
}

// The end of a block's vectors, kept from one to the next.
template <End kEnd>
struct ZippedEnd {
  using Nearly = std::conditional_t<kEnd == End::even, RequantiseEven<kVecs>,
                                    RequantiseNearly<kVecs, kEnd == End::rising, false>>;
  const std::conditional_t<kEnd == End::exact, NoEnd, Nearly> nearly;

  [[gnu::always_inline]] explicit ZippedEnd(const Block& b) : nearly(of_zipped(b), 0) {}
  static QuantisedEnd of_zipped(const Block& b) {
    QuantisedEnd end = b.p.end;
    end.scales = b.scales, end.steps = b.steps;
    return end;
  }
  [[gnu::always_inline]] void store(const Block& b, std::size_t place, std::size_t places,
                                    const IVec (&sum)[kVecs]) const {
    if constexpr (kEnd != End::exact) {
      Nearly end = nearly;
      const simd::Bytes bytes =
          end.bytes_in_lanes(end(sum[0], 0), end(sum[1], 1), end(sum[2], 2), end(sum[3], 3));
      if (__builtin_expect(end.clear(), 1)) return store_places(b, place, places, bytes);
    }
    end_exactly(b, place, places, sum[0], sum[1], sum[2], sum[3]);
  }
};

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
