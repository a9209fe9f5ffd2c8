// Sums of 32 bits as bytes. Included by kernel bodies only.
#pragma once

#include <cstddef>

#include "kernels/quantised/end.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::IVec;

/// A vector of columns of a QuantisedEnd, bounded or not.
template <bool kBounded>
struct Requantise {
  IVec bias, mantissa, left, right;
  IVec mask, threshold;  // of what a shift to the right drops, and half of it
  IVec some, half;       // all ones where there is a shift to the right; 2^(right - 1), or 0
  IVec zero, low, high;

  [[gnu::always_inline]] Requantise(const QuantisedEnd& end, std::size_t column)
      : bias(simd::load_int(end.bias + column)),
        mantissa(simd::load_int(end.mantissas + column)),
        left(simd::load_int(end.lefts + column)),
        right(simd::load_int(end.rights + column)),
        zero(simd::splat_int(end.zero)),
        low(simd::splat_int(end.low)),
        high(simd::splat_int(end.high)) {
    const IVec one = simd::splat_int(1);
    mask = simd::sub(simd::shift_left(one, right), one);
    threshold = simd::shift_right<1>(mask);
    some = simd::shift_right_signed<31>(simd::sub(simd::splat_int(0), right));
    half = simd::sub(threshold, some);
  }

  [[gnu::always_inline]] IVec operator()(IVec sum) const {
    IVec v = simd::add(sum, bias);
    if constexpr (kBounded) {
      // floor((t + half - (t < 0)) / 2^right): ties away from zero.
      const IVec t = simd::rounding_doubling_high(v, mantissa);
      const IVec below = simd::bit_and(simd::shift_right_signed<31>(t), some);
      v = simd::shift_right_signed(simd::add(simd::add(t, half), below), right);
    } else {
      const IVec t = simd::rounding_doubling_high(simd::shift_left(v, left), mantissa);
      const IVec most = simd::sub(threshold, simd::shift_right_signed<31>(t));
      v = simd::shift_right_signed(t, right);
      // One more where the dropped part is above `most`: the difference's sign.
      v = simd::sub(v, simd::shift_right_signed<31>(simd::sub(most, simd::bit_and(t, mask))));
    }
    return simd::min(high, simd::max(low, simd::add(v, zero)));
  }
};

// By the product in double. floor and its kin are calls on old processors: these sums are few.
inline void requantise_real(const QuantisedEnd& end, const std::int32_t* sums, std::size_t column,
                            std::size_t n, std::uint8_t* c) {
  for (std::size_t j = 0; j < n; ++j) {
    const auto sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[j]) +
                                               static_cast<std::uint32_t>(end.bias[column + j]));
    const double product = static_cast<double>(sum) * end.factors[column + j];
    double y = __builtin_trunc(product);
    if (__builtin_fabs(product - y) >= 0.5) y += product < 0 ? -1.0 : 1.0;
    y += end.zero;
    y = y < end.low ? end.low : y > end.high ? end.high : y;
    c[j] = static_cast<std::uint8_t>(static_cast<std::int32_t>(y));
  }
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
