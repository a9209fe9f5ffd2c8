// Rows of a Dft through the fast transform: shared by the reference and the processor's step.
#pragma once

#include <algorithm>

#include "ops/common/fft.h"
#include "ops/signal/dft.h"

namespace vivace {

/// Room for one call of dft_rows.
template <class T, std::size_t kLanes>
struct DftRoom {
  std::span<typename Fft<T, kLanes>::Complex> from, to, scratch;

  static std::size_t places(const Fft<T, kLanes>& fft) { return 2 * fft.length() + fft.scratch(); }
  DftRoom(const Fft<T, kLanes>& fft, typename Fft<T, kLanes>::Complex* room)
      : from(room, fft.length()),
        to(room + fft.length(), fft.length()),
        scratch(room + 2 * fft.length(), fft.scratch()) {}
};

/// Transforms `rows` <= kLanes rows. read(row, place) gives {real, imaginary} for place < n;
/// write(row, place, real, imaginary) takes the results.
template <class T, std::size_t kLanes, class Read, class Write>
void dft_rows(const Dft& op, const Fft<T, kLanes>& fft, DftRoom<T, kLanes> room, std::size_t rows,
              std::int64_t n, Read read, Write write) {
  const auto given = static_cast<std::size_t>(std::min(n, op.places_in()));
  std::fill(room.from.begin(), room.from.end(), typename Fft<T, kLanes>::Complex{});
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < given; ++i) {
      const auto [re, im] = read(row, i);
      room.from[i].re[row] = re;
      room.from[i].im[row] = im;
    }
  const std::size_t length = fft.length();
  if (op.kind == Dft::Kind::inverse_real) {
    // The other half mirrors this one. Backwards is forwards of the conjugate, whose conjugate is real.
    for (std::size_t i = 0; i < static_cast<std::size_t>(op.half()); ++i)
      for (std::size_t l = 0; l < kLanes; ++l) {
        const T im = i == 0 || 2 * i == length ? T(0) : room.from[i].im[l];
        room.from[i].im[l] = -im;
        if (i > 0 && 2 * i < length) room.from[length - i].re[l] = room.from[i].re[l];
        if (i > 0 && 2 * i < length) room.from[length - i].im[l] = im;
      }
  }
  fft.run(room.from, room.to, room.scratch);
  const T scale = op.kind == Dft::Kind::inverse_real ? T(1) / static_cast<T>(length) : T(1);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < static_cast<std::size_t>(op.places_out()); ++i)
      write(row, i, room.to[i].re[row] * scale, room.to[i].im[row] * scale);
}

}  // namespace vivace
