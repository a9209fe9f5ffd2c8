// How QLines are copied. Included by kernel bodies only.
#pragma once

#include "kernels/quantised/q_lines.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// n elements of x as T, which becomes value - less.
template <class T>
VIVACE_INLINE void convert(const std::uint8_t* x, bool is_signed, std::int32_t less, T* to, std::size_t n) {
  const auto minus = static_cast<T>(less);
  if (is_signed) {
    const auto* const from = reinterpret_cast<const std::int8_t*>(x);
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<T>(static_cast<T>(from[i]) - minus);
  } else {
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<T>(static_cast<T>(x[i]) - minus);
  }
}

// Places whose channels are filled up: what stands there meets weights of zero, so a place may take what
// follows it in the line with it.
template <class T>
void copy_places(const QLines& q, const std::uint8_t* x, std::size_t count, std::int32_t less, T* to) {
  for (; count * q.channels >= q.padded_channels; --count, x += q.channels, to += q.padded_channels) {
    convert(x, q.is_signed, less, to, q.padded_channels);
  }
  for (; count != 0; --count, x += q.channels, to += q.padded_channels) {
    convert(x, q.is_signed, less, to, q.channels);
    for (std::size_t j = q.channels; j < q.padded_channels; ++j) to[j] = 0;
  }
}

template <class T>
void copy_line(const QLines& q, const std::uint8_t* line, std::int32_t less, T* to) {
  const WindowAxis& w = q.window.width;
  const auto columns = static_cast<std::int64_t>(q.line_bytes() / q.place_bytes());
  const auto pad = static_cast<T>(q.zero - less);
  const std::int64_t left = w.before < columns ? w.before : columns;
  const std::int64_t end = columns - left < w.input ? columns - left : w.input;
  std::size_t at = 0;
  for (const std::size_t stop = static_cast<std::size_t>(left) * q.padded_channels; at < stop; ++at)
    to[at] = pad;
  if (q.channels == q.padded_channels) {
    const std::size_t n = static_cast<std::size_t>(end) * q.channels;
    convert(line, q.is_signed, less, to + at, n);
    at += n;
  } else {
    copy_places(q, line, static_cast<std::size_t>(end), less, to + at);
    at += static_cast<std::size_t>(end) * q.padded_channels;
  }
  for (const std::size_t stop = static_cast<std::size_t>(columns) * q.padded_channels; at < stop; ++at)
    to[at] = pad;
}

// The lines [first, first + count) of an image, of which some may lie above or below it.
template <class T>
void copy_lines_as(const QLines& q, const std::uint8_t* image, std::int64_t first, std::int64_t count,
                   std::int32_t less, std::byte* to) {
  const WindowAxis &h = q.window.height, &w = q.window.width;
  const std::size_t elements = q.line_bytes() / sizeof(T),
                    line_elements = static_cast<std::size_t>(w.input) * q.channels;
  const bool as_they_lie = q.channels == q.padded_channels && w.before == 0 && elements == line_elements;
  if (as_they_lie && first >= 0 && first + count <= h.input)
    return convert(image + static_cast<std::size_t>(first) * line_elements, q.is_signed, less,
                   reinterpret_cast<T*>(to), static_cast<std::size_t>(count) * elements);
  for (std::int64_t i = 0; i < count; ++i, to += q.line_bytes()) {
    auto* const out = reinterpret_cast<T*>(to);
    const std::int64_t line = first + i;
    if (line >= 0 && line < h.input) {
      copy_line(q, image + static_cast<std::size_t>(line) * line_elements, less, out);
    } else {
      const auto pad = static_cast<T>(q.zero - less);
      for (std::size_t j = 0; j < elements; ++j) out[j] = pad;
    }
  }
}

VIVACE_INLINE void copy_lines(const QLines& q, const std::uint8_t* image, std::int64_t first,
                              std::int64_t count, std::byte* to) {
  if (q.words)
    copy_lines_as<std::int16_t>(q, image, first, count, q.zero, to);
  else
    copy_lines_as<std::uint8_t>(q, image, first, count, q.is_signed ? -128 : 0, to);
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
