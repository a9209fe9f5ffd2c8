// Lines of an image of bytes, copied with their padding: unsigned bytes, or 16-bit numbers less the zero
// point.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/common/window.h"

namespace vivace::kernels {

/// Bytes of copied lines that are kept at once, beyond those of one output line.
inline constexpr std::size_t kQLineBytes = 128 << 10;

struct QLines {
  const Window& window;
  std::size_t channels, padded_channels;
  std::int32_t zero;
  bool is_signed, words;

  std::size_t element() const { return words ? 2 : 1; }
  /// Bytes from one copied place, line to the next.
  std::size_t place_bytes() const { return padded_channels * element(); }
  std::size_t line_bytes() const {
    const WindowAxis& w = window.width;
    return static_cast<std::size_t>((w.output - 1) * w.stride + (w.kernel - 1) * w.dilation + 1) *
           place_bytes();
  }
  /// Lines of the input that so many lines of the output meet.
  std::int64_t met_lines(std::int64_t lines) const {
    const WindowAxis& h = window.height;
    return (lines - 1) * h.stride + (h.kernel - 1) * h.dilation + 1;
  }
  /// Output lines whose input fits `bytes`; at least one.
  std::int64_t fitting_lines(std::size_t bytes) const {
    const auto fit = static_cast<std::int64_t>(bytes / line_bytes());
    const std::int64_t over = fit - met_lines(1);
    return over < 0 ? 1 : over / window.height.stride + 1;
  }
};

}  // namespace vivace::kernels
