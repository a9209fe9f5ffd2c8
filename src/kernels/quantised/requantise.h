// Sums of 32 bits, their bias included, as bytes. Included by kernel bodies only.
#pragma once

#include <cstddef>

#include "kernels/quantised/end.h"
#include "kernels/simd/bytes.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::IVec;

// The end of kVecs vectors of columns. Of bounded sums the zero point is within `halves`.
template <bool kBounded, int kVecs>
struct Requantise {
  IVec mantissa[kVecs], odd_mantissa[kVecs], half[kVecs], left[kVecs], right[kVecs];
  IVec zero, low, high;           // of unbounded sums
  simd::Bytes least, most, flip;  // results are unsigned until all is done

  [[gnu::always_inline]] Requantise(const QuantisedEnd& end, std::size_t column)
      : zero(simd::splat_int(end.zero + end.lift())),
        low(simd::splat_int(end.low + end.lift())),
        high(simd::splat_int(end.high + end.lift())),
        least(simd::splat_byte(static_cast<std::uint8_t>(end.low + end.lift()))),
        most(simd::splat_byte(static_cast<std::uint8_t>(end.high + end.lift()))),
        flip(simd::splat_byte(static_cast<std::uint8_t>(end.lift()))) {
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j, column += simd::kLanes) {
      mantissa[j] = simd::load_int(end.mantissas + column);
      odd_mantissa[j] = simd::load_int(end.odd_mantissas + column);
      half[j] = simd::load_int(end.halves + column);
      left[j] = simd::load_int(end.lefts + column);
      right[j] = simd::load_int(end.rights + column);
    }
  }

  // The sums of vector j of the columns; what comes out is ready for bytes().
  [[gnu::always_inline]] IVec operator()(IVec sum, int j) const {
    if constexpr (kBounded) {
      // floor((t + half - (t < 0)) / 2^right): ties away from zero.
      const IVec t = simd::doubling_high(sum, mantissa[j], odd_mantissa[j]);
      const IVec below = simd::shift_right_signed<31>(t);
      return simd::shift_right_signed(simd::add(simd::add(t, half[j]), below), right[j]);
    }
    const IVec one = simd::splat_int(1), mask = simd::sub(simd::shift_left(one, right[j]), one);
    const IVec t = simd::rounding_doubling_high(simd::shift_left(sum, left[j]), mantissa[j]);
    const IVec up = simd::sub(simd::shift_right<1>(mask), simd::shift_right_signed<31>(t));
    // One more where the dropped part is above `up`: the difference's sign.
    const IVec v = simd::sub(simd::shift_right_signed(t, right[j]),
                             simd::shift_right_signed<31>(simd::sub(up, simd::bit_and(t, mask))));
    return simd::min(high, simd::max(low, simd::add(v, zero)));
  }
  [[gnu::always_inline]] simd::Bytes bytes(IVec a, IVec b, IVec c, IVec d) const {
    return simd::flip_bytes(simd::min_bytes(simd::max_bytes(simd::pack_bytes(a, b, c, d), least), most),
                            flip);
  }
};

// The end of bounded sums in float32. Both roundings together are one, to nearest, of the product moved by
// `step` away from zero; where what comes of that in float32 is not clear of a tie, Requantise must tell.
// Float32 errs in the sum, the scale and the product, each by less than 2^-24 of 256.5: what is larger is
// bounded anyway.
template <int kVecs>
struct RequantiseNearly {
  simd::Vec scale[kVecs], step[kVecs], furthest;
  simd::Bytes zero, least, most, flip;

  [[gnu::always_inline]] RequantiseNearly(const QuantisedEnd& end, std::size_t column)
      : furthest(simd::splat(0.0f)),
        zero(simd::splat_word(static_cast<std::int16_t>(end.zero + end.lift()))),
        least(simd::splat_byte(static_cast<std::uint8_t>(end.low + end.lift()))),
        most(simd::splat_byte(static_cast<std::uint8_t>(end.high + end.lift()))),
        flip(simd::splat_byte(static_cast<std::uint8_t>(end.lift()))) {
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j, column += simd::kLanes) {
      scale[j] = simd::load(end.scales + column);
      step[j] = simd::load(end.steps + column);
    }
  }
  [[gnu::always_inline]] IVec operator()(IVec sum, int j) {
    const simd::Vec v = simd::to_float(sum), y = simd::fma(v, scale[j], simd::nudge(v, step[j]));
    furthest = simd::farther(furthest, simd::off_nearest(y));
    return simd::to_int(y);
  }
  [[gnu::always_inline]] simd::Bytes bytes(IVec a, IVec b, IVec c, IVec d) const {
    return simd::flip_bytes(simd::min_bytes(simd::max_bytes(simd::pack_bytes(a, b, c, d, zero), least), most),
                            flip);
  }
  [[gnu::always_inline]] bool clear() const {
    return !simd::any(simd::opposite(simd::less(furthest, simd::splat(0.5f - 8e-5f))));
  }
};

// By the product in double. floor and its kin are calls on old processors: these sums are few.
inline void requantise_real(const QuantisedEnd& end, const std::int32_t* sums, std::size_t column,
                            std::size_t n, std::uint8_t* c) {
  for (std::size_t j = 0; j < n; ++j) {
    const double product = static_cast<double>(sums[j]) * end.factors[column + j];
    double y = __builtin_trunc(product);
    if (__builtin_fabs(product - y) >= 0.5) y += product < 0 ? -1.0 : 1.0;
    y += end.zero;
    y = y < end.low ? end.low : y > end.high ? end.high : y;
    c[j] = static_cast<std::uint8_t>(static_cast<std::int32_t>(y));
  }
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
