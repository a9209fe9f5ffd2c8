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

// Results of 32 bits, unsigned until all is done, as bytes.
struct ByteBounds {
  simd::Bytes least, most, flip;
  bool narrow;  // than bytes themselves

  [[gnu::always_inline]] explicit ByteBounds(const QuantisedEnd& end)
      : least(simd::splat_byte(static_cast<std::uint8_t>(end.low + end.lift()))),
        most(simd::splat_byte(static_cast<std::uint8_t>(end.high + end.lift()))),
        flip(simd::splat_byte(static_cast<std::uint8_t>(end.lift()))),
        narrow(end.high - end.low < 255) {}
  [[gnu::always_inline]] simd::Bytes bytes(IVec a, IVec b, IVec c, IVec d) const {
    return bounded(simd::pack_bytes(a, b, c, d));
  }
  // Lane by lane.
  [[gnu::always_inline]] simd::Bytes bytes_in_lanes(IVec a, IVec b, IVec c, IVec d) const {
    return bounded(simd::pack_in_lanes(a, b, c, d));
  }
  [[gnu::always_inline]] simd::Bytes bounded(simd::Bytes v) const {
    if (narrow) v = simd::min_bytes(simd::max_bytes(v, least), most);
    return simd::flip_bytes(v, flip);
  }
};

// The end whose factors are float32, to nearest even. What passes 16 bits is bounded anyway; below, a number
// that 32 bits cannot hold becomes the least one.
template <int kVecs>
struct RequantiseEven : ByteBounds {
  simd::Vec scale[kVecs];
  IVec zero;

  [[gnu::always_inline]] RequantiseEven(const QuantisedEnd& end, std::size_t column)
      : ByteBounds(end), zero(simd::splat_int(end.zero + end.lift())) {
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j, column += simd::kLanes) scale[j] = simd::load(end.scales + column);
  }
  [[gnu::always_inline]] IVec operator()(IVec sum, int j) const {
    const simd::Vec y = simd::min(simd::mul(simd::to_float(sum), scale[j]), simd::splat(32767.0f));
    return simd::add(simd::to_int(y), zero);
  }
  [[gnu::always_inline]] static constexpr bool clear() { return true; }
};

// The end of bounded sums in float32, as numbers with 16 bits of fraction. Both roundings together are one,
// to nearest, of the product moved by `step` away from zero. What is within kUnclear of a tie may round
// either way, and Requantise must tell: float32 errs, in the sum, the scale, the addition and its result, by
// less than five units of the last of these bits, since what is larger than 256 is bounded anyway.
//
// kRising: what is below the zero point becomes `low` whatever it is, so the step, half and the zero point
// are one number that is added. kFits: results are within 16 bits.
template <int kVecs, bool kRising, bool kFits>
struct RequantiseNearly : ByteBounds {
  static constexpr std::int32_t kUnclear = 6;
  simd::Vec scale[kVecs], step[kVecs], top;
  IVec offset, fractions;

  [[gnu::always_inline]] RequantiseNearly(const QuantisedEnd& end, std::size_t column)
      : ByteBounds(end),
        top(simd::splat(0x7f00p16f)),
        offset(simd::splat_int(offset_of(end))),
        fractions(simd::splat_int(-1)) {
    const simd::Vec constant = simd::splat(static_cast<float>(offset_of(end)));
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j, column += simd::kLanes) {
      scale[j] = simd::load(end.scales + column);
      step[j] = simd::load(end.steps + column);
      if (kRising) step[j] = simd::add(step[j], constant);
    }
  }
  static std::int32_t offset_of(const QuantisedEnd& end) {
    return (end.zero + end.lift()) * (1 << 16) + (1 << 15) + kUnclear;
  }
  // The upper half of each lane is its result.
  [[gnu::always_inline]] IVec operator()(IVec sum, int j) {
    const simd::Vec v = simd::to_float(sum);
    const simd::Vec y = simd::fma(v, scale[j], kRising ? step[j] : simd::nudge(v, step[j]));
    const IVec rounded = simd::to_int(kFits ? y : simd::min(y, top)),
               fixed = kRising ? rounded : simd::add(rounded, offset);
    fractions = simd::least_fractions(fractions, fixed);
    return fixed;
  }
  [[gnu::always_inline]] simd::Bytes bytes(IVec a, IVec b, IVec c, IVec d) const {
    return bounded(simd::pack_upper(a, b, c, d));
  }
  [[gnu::always_inline]] simd::Bytes bytes_in_lanes(IVec a, IVec b, IVec c, IVec d) const {
    return bounded(simd::pack_upper_in_lanes(a, b, c, d));
  }
  [[gnu::always_inline]] bool clear() const { return !simd::has_fraction_below(fractions, 2 * kUnclear); }
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
