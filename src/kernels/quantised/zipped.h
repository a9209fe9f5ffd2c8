// Lines of bytes zipped for depthwise convolution. Included by kernel bodies only.
//
//   kernel row 0   a0 a1 a2 ..  \  a number of 32 bits for each channel, four vectors for a column:
//   kernel row 1   b0 b1 b2 ..   | a0 b0 c0 d0 | a1 b1 c1 d1 | ..
//   kernel row 2   c0 c1 c2 ..   |
//   kernel row 3   d0 d1 d2 ..  /
//
// Words: two kernel rows of 16 bits instead of four. Zipping works within lanes of 128 bits, so vector k
// holds the channels 4 k to 4 k + 3 of each lane's 16: weights and ends are brought into that order once for
// all lines, and packing the results undoes it.
//
// Where few channels are left, a vector holds those of several places: side by side in the image, or a piece
// from each.
#pragma once

#include "kernels/matrix/shares.h"
#include "kernels/quantised/copy_lines.h"
#include "kernels/quantised/dot.h"
#include "kernels/quantised/q_depthwise.h"
#include "kernels/simd/bytes.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

constexpr std::size_t kVecs = 4, kChannels = kVecs * simd::kLanes;  // of a block
constexpr int kMostPieces = simd::kLanes == 16 ? 4 : 2;             // of a vector

// A block of channels, and how its columns lie. `step` and `dilation` are columns from one vector, or one
// tap, to the next.
struct Block {
  const QDepthwise& p;
  std::size_t line_bytes{};
  std::size_t groups{};                        // of kernel rows
  std::size_t fit{};                           // columns that the workspace holds
  std::size_t channel{};                       // the first
  std::size_t channels{}, places{}, pieces{};  // of a vector; pieces are read and written apart
  std::size_t next_place{};                    // from one of a vector's places to the next
  std::size_t step{}, dilation{};
  const std::int32_t *weights{}, *bias{};  // in zipped order
  const float *scales{}, *steps{};
  std::int32_t* columns{};

  std::size_t taps() const { return static_cast<std::size_t>(p.window.width.kernel); }
  std::size_t stride() const { return static_cast<std::size_t>(p.window.width.stride); }
  // Zipped one by one for each vector: its places' pieces, or where vectors lie further apart than a kernel
  // is wide.
  bool apart() const { return pieces > 1 || places > taps(); }
};

// The channels from `channel` on that a vector holds, and of how many places.
void choose_block(Block& b, std::size_t channel) {
  const QDepthwise& p = b.p;
  const WindowAxis& w = p.window.width;
  const std::size_t left = p.channels - channel;
  const bool touching = w.stride == 1 && w.dilation == 1 && p.channels % 4 == 0 && p.channels < kChannels &&
                        kChannels % p.channels == 0;
  b.channel = channel;
  b.channels = smaller(left, kChannels);
  b.places = b.pieces = b.next_place = 1;
  if (w.output > 1 && touching)
    b.places = kChannels / p.channels;
  else if (w.output > 1 && w.stride <= kQDepthwiseStride && left <= kChannels / 2)
    b.places = b.pieces = left <= kChannels / kMostPieces ? kMostPieces : 2;
  b.dilation = b.apart() ? 1 : static_cast<std::size_t>(w.dilation);
  b.step = b.apart() ? b.taps() : b.places > 1 ? b.places : b.stride();
}

// What the channels of a block have in an array (of whole panels), in zipped order; 0 where there are none.
template <class T>
const T* in_zipped_order(const Block& b, const T* from, T*& to) {
  const std::size_t channels = kChannels / b.places;
  const std::size_t left = ceil_divide(b.p.channels, kPanel) * kPanel - b.channel;
  T* const first = to;
  for (std::size_t quad = 0, channel = 0; quad < kChannels / 4; ++quad) {
    T* const at = first + quad % kVecs * simd::kLanes + quad / kVecs * 4;
    if (channel < left)
      __builtin_memcpy(at, from + b.channel + channel, 4 * sizeof(T));
    else
      __builtin_memset(at, 0, 4 * sizeof(T));
    channel = channel + 4 < channels ? channel + 4 : 0;
  }
  to += kChannels;
  return first;
}

void take_constants(Block& b, std::byte* workspace) {
  const QDepthwise& p = b.p;
  const std::size_t tap = ceil_divide(p.channels, kPanel) * kPanel;
  auto* to = reinterpret_cast<std::int32_t*>(workspace);
  b.weights = to;
  for (std::size_t i = 0; i < b.groups * b.taps(); ++i) in_zipped_order(b, p.weights + i * tap, to);
  b.bias = in_zipped_order(b, p.y ? p.float_end.sums_bias : p.end.bias, to);
  if (!p.y && (p.end.bounded || p.end.even)) {
    auto* floats = reinterpret_cast<float*>(to);
    b.scales = in_zipped_order(b, p.end.scales, floats);
    b.steps = in_zipped_order(b, p.end.steps, floats);
    to = reinterpret_cast<std::int32_t*>(floats);
  }
  b.columns = to;
}

// Rows of a column as numbers of 32 bits.
template <class Dot>
VIVACE_INLINE void zip(const simd::Bytes (&x)[Dot::kTogether], simd::Bytes (&v)[kVecs]) {
  const simd::Bytes low = simd::zip_bytes<0>(x[0], x[1]), high = simd::zip_bytes<1>(x[0], x[1]);
  if constexpr (Dot::kTogether == 4) {
    const simd::Bytes low_two = simd::zip_bytes<0>(x[2], x[3]), high_two = simd::zip_bytes<1>(x[2], x[3]);
    v[0] = simd::zip_words<0>(low, low_two), v[1] = simd::zip_words<1>(low, low_two);
    v[2] = simd::zip_words<0>(high, high_two), v[3] = simd::zip_words<1>(high, high_two);
  } else {
    const simd::Bytes none = simd::splat_byte(0);
    v[0] = simd::zip_bytes<0>(low, none), v[1] = simd::zip_bytes<1>(low, none);
    v[2] = simd::zip_bytes<0>(high, none), v[3] = simd::zip_bytes<1>(high, none);
  }
}

// `count` columns of kernel rows, `step` bytes apart; those of a vector's pieces are `next` bytes apart.
template <class Dot, int kPieces>
VIVACE_INLINE void zip_columns(const std::uint8_t* const (&rows)[Dot::kTogether], std::size_t count,
                               std::size_t step, std::size_t next, std::int32_t* to) {
  for (std::size_t at = 0; count != 0; --count, at += step, to += kChannels) {
    simd::Bytes x[Dot::kTogether], v[kVecs];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Dot::kTogether; ++i)
      x[i] = i > 0 && rows[i] == rows[i - 1]
                 ? x[i - 1]
                 : simd::load_parts<kPieces>([&](std::size_t piece) { return rows[i] + at + piece * next; });
    zip<Dot>(x, v);
#pragma GCC unroll 4
    for (std::size_t k = 0; k < kVecs; ++k) simd::store_int(to + k * simd::kLanes, v[k]);
  }
}

// Those of the vectors [first, first + count), each apart.
template <class Dot, int kPieces>
void zip_apart(const Block& b, const std::uint8_t* (&rows)[Dot::kTogether], std::size_t first,
               std::size_t count, std::int32_t* to) {
  const std::size_t next = b.stride() * b.p.channels,
                    tap = static_cast<std::size_t>(b.p.window.width.dilation) * b.p.channels;
  for (const std::uint8_t*& x : rows) x += first * b.places * next;
  for (std::size_t j = 0; j < count; ++j, to += b.step * kChannels) {
    zip_columns<Dot, kPieces>(rows, b.taps(), tap, next, to);
    for (const std::uint8_t*& x : rows) x += b.places * next;
  }
}

// The columns of the vectors [first, first + count) of a line, each group of kernel rows behind the other.
template <class Dot>
void zip_stretch(const Block& b, const std::uint8_t* line, std::size_t first, std::size_t count) {
  const WindowAxis& h = b.p.window.height;
  const auto next = static_cast<std::size_t>(h.dilation) * b.line_bytes;
  const std::size_t all = (count - 1) * b.step + (b.taps() - 1) * b.dilation + 1;
  std::int32_t* to = b.columns;
  for (std::size_t row = 0; row < b.groups * Dot::kTogether; row += Dot::kTogether, to += b.fit * kChannels) {
    const std::uint8_t* rows[Dot::kTogether];
    for (std::size_t i = 0; i < Dot::kTogether; ++i)
      rows[i] = line + smaller(row + i, static_cast<std::size_t>(h.kernel) - 1) * next;
    if (b.pieces > 2) {
      zip_apart<Dot, kMostPieces>(b, rows, first, count, to);
    } else if (b.pieces == 2) {
      zip_apart<Dot, 2>(b, rows, first, count, to);
    } else if (b.apart()) {
      zip_apart<Dot, 1>(b, rows, first, count, to);
    } else {
      for (const std::uint8_t*& x : rows) x += first * b.step * b.p.channels;
      zip_columns<Dot, 1>(rows, all, b.p.channels, 0, to);
    }
  }
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
