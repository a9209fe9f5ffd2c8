// Functions of two tensors of bytes, a vector at a time.
#include "kernels/matrix/shares.h"
#include "kernels/quantised/q_combine.h"
#include "kernels/quantised/requantise.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

constexpr std::size_t kStep = simd::kLanes;

VIVACE_INLINE IVec widen(const std::uint8_t* p, bool is_signed) {
  return is_signed ? simd::load_signed_bytes(p) : simd::load_unsigned_bytes(p);
}

// The n numbers from column j on; those of a tail, or of one number for all, by way of a copy.
VIVACE_INLINE IVec load_numbers(const ByteGrid& grid, const std::uint8_t* row, std::size_t j, std::size_t n,
                                bool is_signed) {
  if (grid.column == 0)
    return simd::splat_int(is_signed ? static_cast<std::int8_t>(*row) : static_cast<std::int32_t>(*row));
  if (n == kStep) return widen(row + j, is_signed);
  std::uint8_t copy[kStep] = {};
  __builtin_memcpy(copy, row + j, n);
  return widen(copy, is_signed);
}

// A vector of an operand's numbers, scaled by a factor of at most one.
struct Operand {
  IVec bias, mantissa, odd_mantissa, right;
  IVec half, some;  // 2^(right - 1), or 0; all ones where there is a shift to the right

  explicit Operand(const QuantisedEnd& end)
      : bias(simd::load_int(end.bias)),
        mantissa(simd::load_int(end.mantissas)),
        odd_mantissa(simd::load_int(end.odd_mantissas)),
        right(simd::load_int(end.rights)),
        half(simd::shift_right<1>(simd::shift_left(simd::splat_int(1), right))),
        some(simd::shift_right_signed<31>(simd::sub(simd::splat_int(0), right))) {}

  [[gnu::always_inline]] IVec operator()(IVec x) const {
    const IVec t = simd::doubling_high(simd::add(x, bias), mantissa, odd_mantissa);
    const IVec below = simd::bit_and(simd::shift_right_signed<31>(t), some);
    return simd::shift_right_signed(simd::add(simd::add(t, half), below), right);
  }
};

// Numbers of 16 bits at most, side by side: a dot product of pairs.
VIVACE_INLINE IVec pair(IVec low, IVec high) {
  return simd::bit_or(simd::bit_and(low, simd::splat_int(0xffff)), simd::shift_left<16>(high));
}

template <QCombine::Kind kKind, bool kBounded>
struct Combiner {
  static constexpr bool kNear = kKind != QCombine::Kind::multiply;
  Operand a, b;
  Requantise<kBounded, 1> end;
  IVec shift;

  explicit Combiner(const QCombine& p)
      : a(p.a_end), b(p.b_end), end(p.end, 0), shift(simd::splat_int(p.left_shift)) {}

  [[gnu::always_inline]] IVec operator()(IVec x, IVec z) const {
    if constexpr (kKind == QCombine::Kind::multiply) {
      // Numbers of 16 bits at most: a dot product of pairs, one of which is 0.
      const IVec low = simd::bit_and(simd::add(z, b.bias), simd::splat_int(0xffff));
      return end(simd::dot_words(simd::splat_int(0), simd::add(x, a.bias), low), 0);
    } else {
      const IVec left = a(simd::shift_left(x, shift)), right = b(simd::shift_left(z, shift));
      return end(kKind == QCombine::Kind::add ? simd::add(left, right) : simd::sub(left, right), 0);
    }
  }
};

// Products that end in float32.
struct EvenProduct {
  static constexpr bool kNear = false;
  IVec a, b;
  RequantiseEven<1> end;

  explicit EvenProduct(const QCombine& p)
      : a(simd::load_int(p.a_end.bias)), b(simd::load_int(p.b_end.bias)), end(p.end, 0) {}
  [[gnu::always_inline]] IVec operator()(IVec x, IVec z) const {
    const IVec low = simd::bit_and(simd::add(z, b), simd::splat_int(0xffff));
    return end(simd::dot_words(simd::splat_int(0), simd::add(x, a), low), 0);
  }
};

// Sums of whole factors.
struct ShiftedSum {
  static constexpr bool kNear = false;
  IVec a, b, low, high, half, right, zero;
  ByteBounds end;

  explicit ShiftedSum(const QCombine& p)
      : a(simd::load_int(p.a_end.bias)),
        b(simd::load_int(p.b_end.bias)),
        low(pair(simd::splat_int(p.shifted.a_low), simd::splat_int(p.shifted.b_low))),
        high(pair(simd::splat_int(p.shifted.a_high), simd::splat_int(p.shifted.b_high))),
        half(simd::splat_int(1 << (p.shifted.right - 1))),
        right(simd::splat_int(p.shifted.right)),
        zero(simd::splat_int(p.end.zero + p.end.lift())),
        end(p.end) {}
  [[gnu::always_inline]] IVec operator()(IVec x, IVec z) const {
    const IVec both = pair(simd::add(x, a), simd::add(z, b));
    const IVec above = simd::shift_left<11>(simd::dot_words(simd::splat_int(0), both, high));
    return simd::add(simd::shift_right_signed(simd::dot_words(simd::add(above, half), both, low), right),
                     zero);
  }
};

// Four vectors of both operands, of which n numbers count.
struct Operands {
  IVec a[4], b[4];

  [[gnu::always_inline]] Operands(const QCombine& p, const std::uint8_t* a_row, const std::uint8_t* b_row,
                                  std::size_t j, std::size_t n) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      const std::size_t from = q * kStep, some = from < n ? smaller(n - from, kStep) : 0;
      a[q] = load_numbers(p.a, a_row, j + from, some, p.is_signed);
      b[q] = load_numbers(p.b, b_row, j + from, some, p.is_signed);
    }
  }
};

// Sums in float32, with 16 bits of fraction; whether all of them are clear.
VIVACE_INLINE bool sum_nearly(const QCombine::Near& near, const Operands& of, IVec (&v)[4]) {
  IVec fractions = simd::splat_int(-1);
#pragma GCC unroll 4
  for (int q = 0; q < 4; ++q) {
    const simd::Vec b = simd::fma(simd::to_float(of.b[q]), simd::splat(near.b), simd::splat(near.base));
    v[q] = simd::to_int(simd::fma(simd::to_float(of.a[q]), simd::splat(near.a), b));
    fractions = simd::least_fractions(fractions, v[q]);
  }
  return !simd::has_fraction_below(fractions, near.unclear);
}

template <class Combine>
void combine_rows(const QCombine& p) {
  const Combine combine(p);
  const QCombine::Near near = p.near;
  const ByteBounds bounds(p.end);
  const std::uint8_t *a = p.a.data, *b = p.b.data;
  std::uint8_t* y = p.y;
  for (std::size_t i = 0; i < p.rows; ++i, a += p.a.row, b += p.b.row, y += p.columns)
    for (std::size_t j = 0; j < p.columns; j += 4 * kStep) {
      const std::size_t n = smaller(p.columns - j, 4 * kStep);
      const Operands of(p, a, b, j, n);
      IVec v[4];
      if (Combine::kNear && near.unclear != 0 && sum_nearly(near, of, v)) {
        simd::store_part<1>(y + j, bounds.bounded(simd::pack_upper(v[0], v[1], v[2], v[3])), 0, n);
        continue;
      }
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) v[q] = combine(of.a[q], of.b[q]);
      simd::store_part<1>(y + j, combine.end.bytes(v[0], v[1], v[2], v[3]), 0, n);
    }
}

template <QCombine::Kind kKind>
void combine_as(const QCombine& p) {
  p.end.bounded ? combine_rows<Combiner<kKind, true>>(p) : combine_rows<Combiner<kKind, false>>(p);
}

// The nearest integer, ties away from zero.
VIVACE_INLINE simd::Vec round_away(simd::Vec q) {
  const simd::Vec whole = simd::trunc(q), away = simd::add(whole, simd::copy_sign(simd::splat(1.0f), q));
  return simd::select(simd::less(simd::abs(simd::sub(q, whole)), simd::splat(0.5f)), whole, away);
}

}  // namespace

void q_combine(const QCombine& p) noexcept {
  if (p.shifted.right > 0) return combine_rows<ShiftedSum>(p);
  if (p.end.even) return combine_rows<EvenProduct>(p);
  switch (p.kind) {
    case QCombine::Kind::add:
      return combine_as<QCombine::Kind::add>(p);
    case QCombine::Kind::subtract:
      return combine_as<QCombine::Kind::subtract>(p);
    case QCombine::Kind::multiply:
      return combine_as<QCombine::Kind::multiply>(p);
  }
}

void quantize_floats(const QuantizeFloats& p) noexcept {
  using simd::Vec;
  const Vec scale = simd::splat(p.scale), inverse = simd::splat(1 / p.scale),
            low = simd::splat(static_cast<float>(p.low - p.zero)),
            high = simd::splat(static_cast<float>(p.high - p.zero));
  const IVec zero = simd::splat_int(p.zero);
  for (std::size_t i = 0; i < p.count; i += kStep) {
    const std::size_t n = p.count - i < kStep ? p.count - i : kStep;
    const Vec x = simd::load_n(p.x + i, n);
    const Vec y = p.even ? simd::mul(x, inverse) : round_away(simd::div(x, scale));
    // The bound stands second in max, so that NaN becomes it.
    const Vec bounded = simd::min(simd::max(y, low), high);
    simd::store_bytes(p.y + i, simd::add(simd::to_int(bounded), zero), n);
  }
}

void quantize_row(const QuantizeRow& p) noexcept {
  using simd::Vec;
  const Vec factor = simd::splat(p.factor), zero = simd::splat(p.zero), low = simd::splat(p.low),
            high = simd::splat(p.high);
  for (std::size_t i = 0; i < p.count; i += kStep) {
    const std::size_t n = p.count - i < kStep ? p.count - i : kStep;
    const Vec y = simd::add(round_away(simd::mul(simd::load_n(p.x + i, n), factor)), zero);
    simd::store_bytes(p.y + i, simd::to_int(simd::min(simd::max(y, low), high)), n);
  }
}

void find_range(const FindRange& p) noexcept {
  using simd::Vec;
  Vec least = simd::splat(__builtin_inff()), most = simd::splat(-__builtin_inff());
  std::size_t i = 0;
  for (; i + kStep <= p.count; i += kStep) {
    const Vec x = simd::load(p.x + i);
    least = simd::min(x, least);  // the second where x is NaN
    most = simd::max(x, most);
  }
  float low[kStep], high[kStep];
  simd::store(low, least);
  simd::store(high, most);
  for (std::size_t j = 1; j < kStep; ++j) {
    low[0] = low[j] < low[0] ? low[j] : low[0];
    high[0] = high[j] > high[0] ? high[j] : high[0];
  }
  for (; i < p.count; ++i) {
    low[0] = p.x[i] < low[0] ? p.x[i] : low[0];
    high[0] = p.x[i] > high[0] ? p.x[i] : high[0];
  }
  p.range[0] = low[0];
  p.range[1] = high[0];
}

}  // namespace vivace::kernels::VIVACE_ISA
