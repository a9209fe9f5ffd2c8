// How the sums of a tile of a product become its results. Included by kernel bodies only.
#pragma once

#include "kernels/matrix/shares.h"
#include "kernels/matrix/tile.h"
#include "kernels/quantised/q_conv.h"
#include "kernels/quantised/requantise.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// Where a tile's results go, and how they end.
struct QResults {
  std::uint8_t* c;
  float* y;  // instead of c, or null
  std::size_t c_stride, columns;
  std::size_t row, column;  // of the output; the latter also of the end's arrays
  const QuantisedEnd& end;
  const FloatEnd& float_end;

  const std::int32_t* bias() const { return (y ? float_end.sums_bias : end.bias) + column; }
  [[gnu::always_inline]] void move(std::size_t rows) {
    c += rows * c_stride;
    if (y) y += rows * c_stride;
    row += rows;
  }
};

// From a row and a column of p's output on, at most `width` columns.
VIVACE_INLINE QResults results_at(const QConv& p, std::size_t row, std::size_t column, std::size_t width) {
  const std::size_t at = row * p.outputs + column;
  return {
      p.c + at,   p.y ? p.y + at : nullptr, p.outputs, smaller(width, p.outputs - column), row, column, p.end,
      p.float_end};
}

// The sums of a tile: lines of kVecs vectors, to which a bias is still to be added or not.
template <int kVecs, bool kBias>
struct QSums {
  const std::int32_t *at, *bias;

  [[gnu::always_inline]] IVec operator()(std::size_t row, int vec) const {
    const IVec sum = simd::load_int(at + (row * kVecs + static_cast<std::size_t>(vec)) * simd::kLanes);
    return kBias ? simd::add(sum, simd::load_int(bias + static_cast<std::size_t>(vec) * simd::kLanes)) : sum;
  }
};

// Four vectors of results at a time: of a row, or, in narrow tiles, of two or four rows.
template <int kVecs, bool kBias, class End>
VIVACE_INLINE void store_rows(const QResults& t, QSums<kVecs, kBias> sum, std::size_t rows, End& end) {
  constexpr int kWide = kVecs < 4 ? kVecs : 4, kHigh = 4 / kWide;
  const std::size_t columns = t.columns, c_stride = t.c_stride;
  std::uint8_t* c = t.c;
  for (std::size_t i = 0; i < rows; i += kHigh, c += kHigh * c_stride)
#pragma GCC unroll 4
    for (int j = 0; j < kVecs; j += kWide) {
      IVec v[4];
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) {
        const int vec = j + q % kWide;
        if (q < kWide * kHigh && vec < kVecs)
          v[q] = end(sum(smaller(i + static_cast<std::size_t>(q / kWide), rows - 1), vec), vec);
        else
          v[q] = v[0];
      }
      const std::size_t first = static_cast<std::size_t>(j) * simd::kLanes;
      const simd::Bytes bytes = end.bytes(v[0], v[1], v[2], v[3]);
      for (std::size_t q = 0; q < kHigh && i + q < rows && first < columns; ++q)
        simd::store_part<kHigh>(c + q * c_stride + first, bytes, static_cast<int>(q),
                                smaller(columns - first, kWide * simd::kLanes));
    }
}

template <int kVecs, bool kBias>
[[gnu::noinline]] void end_exactly(const QResults& t, QSums<kVecs, kBias> sum, std::size_t rows) {
  Requantise<true, kVecs> end(t.end, t.column);
  store_rows(t, sum, rows, end);
}

template <bool kRising, bool kFits, int kVecs, bool kBias>
[[gnu::noinline]] void end_bounded(const QResults& t, QSums<kVecs, kBias> sum, std::size_t rows) {
  RequantiseNearly<kVecs, kRising, kFits> end(t.end, t.column);
  store_rows(t, sum, rows, end);
  if (!end.clear()) end_exactly(t, sum, rows);
}

template <int kVecs, bool kBias>
[[gnu::noinline]] void end_even(const QResults& t, QSums<kVecs, kBias> sum, std::size_t rows) {
  RequantiseEven<kVecs> end(t.end, t.column);
  store_rows(t, sum, rows, end);
}

template <int kVecs, bool kBias>
[[gnu::noinline]] void end_any(const QResults& t, QSums<kVecs, kBias> sum, std::size_t rows) {
  const Requantise<false, kVecs> requantise(t.end, t.column);
  std::uint8_t* c = t.c;
  for (std::size_t i = 0; i < rows; ++i, c += t.c_stride) {
    if (t.end.factors) {
      std::int32_t row[kVecs * simd::kLanes];
      for (int j = 0; j < kVecs; ++j)
        simd::store_int(row + static_cast<std::size_t>(j) * simd::kLanes, sum(i, j));
      requantise_real(t.end, row, t.column, t.columns, c);
      continue;
    }
    for (int j = 0; j < kVecs; ++j) {
      const std::size_t first = static_cast<std::size_t>(j) * simd::kLanes;
      if (first >= t.columns) break;
      const IVec v = requantise(sum(i, j), j);
      simd::store_part<4>(c + first, requantise.bytes(v, v, v, v), 0,
                          smaller(t.columns - first, simd::kLanes));
    }
  }
}

template <int kVecs, bool kBias>
[[gnu::noinline]] void end_floats(const QResults& t, QSums<kVecs, kBias> sum, std::size_t rows) {
  using simd::Vec;
  const FloatEnd& end = t.float_end;
  for (std::size_t i = 0; i < rows; ++i) {
    const Vec row = simd::splat(end.row_scales[(t.row + i) / end.rows_each]);
    float* const y = t.y + i * t.c_stride;
#pragma GCC unroll 8
    for (int j = 0; j < kVecs; ++j) {
      const std::size_t first = static_cast<std::size_t>(j) * simd::kLanes, column = t.column + first;
      if (first >= t.columns) break;
      const Vec v = simd::to_float(sum(i, j)), scale = simd::load(end.scales + column);
      const Vec product =
          end.weights_scale_first ? simd::mul(simd::mul(v, scale), row) : simd::mul(v, simd::mul(row, scale));
      simd::store_n(y + first, simd::add(product, simd::load(end.bias + column)),
                    smaller(t.columns - first, simd::kLanes));
    }
  }
}

template <int kVecs, bool kBias>
VIVACE_INLINE void finish(const QResults& t, QSums<kVecs, kBias> sum, std::size_t rows) {
  if (t.y) return end_floats(t, sum, rows);
  if (t.end.even) return end_even(t, sum, rows);
  if (!t.end.bounded || t.end.factors) return end_any(t, sum, rows);
  if (t.end.rising())
    return t.end.fits ? end_bounded<true, true>(t, sum, rows) : end_bounded<true, false>(t, sum, rows);
  return t.end.fits ? end_bounded<false, true>(t, sum, rows) : end_bounded<false, false>(t, sum, rows);
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
