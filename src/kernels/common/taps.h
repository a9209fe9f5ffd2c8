// Which taps of a window fall on real input. Included by kernel bodies only.
#pragma once

#include "kernels/common/window.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using Index = std::int64_t;

struct Taps {
  Index begin, end;
};

/// The taps of output place `place` that fall on the input.
VIVACE_INLINE Taps real_taps(const WindowAxis& axis, Index place) {
  const Index start = place * axis.stride - axis.before, last = start + (axis.kernel - 1) * axis.dilation;
  if (start >= 0 && last < axis.input) return {0, axis.kernel};  // as most are: no division
  const Index begin = start >= 0 ? 0 : (axis.dilation - 1 - start) / axis.dilation;
  const Index end = start >= axis.input ? 0 : (axis.input - 1 - start) / axis.dilation + 1;
  return {begin < axis.kernel ? begin : axis.kernel, end < axis.kernel ? end : axis.kernel};
}

VIVACE_INLINE Index input_place(const WindowAxis& axis, Index place, Index tap) {
  return place * axis.stride - axis.before + tap * axis.dilation;
}

VIVACE_INLINE bool is_inside(const WindowAxis& axis, Index input) { return input >= 0 && input < axis.input; }

/// The output places all of whose taps are real: [begin, end), possibly empty.
VIVACE_INLINE Taps inner_places(const WindowAxis& axis) {
  Index begin = (axis.before + axis.stride - 1) / axis.stride;
  const Index last = axis.input - 1 - (axis.kernel - 1) * axis.dilation + axis.before;  // of place * stride
  Index end = last < 0 ? 0 : last / axis.stride + 1;
  if (end > axis.output) end = axis.output;
  if (begin > end) begin = end;
  return {begin, end};
}

/// The output places that meet at least one real input place, where taps lie side by side: [begin, end).
VIVACE_INLINE Taps met_places(const WindowAxis& axis) {
  const Index before = axis.before - axis.kernel + 1, last = axis.input - 1 + axis.before;
  const Index begin = before > 0 ? (before + axis.stride - 1) / axis.stride : 0;
  const Index end = last < 0 ? 0 : last / axis.stride + 1;
  return {begin < axis.output ? begin : axis.output, end < axis.output ? end : axis.output};
}

/// A place of the output.
struct Place {
  Index image, depth, height, width;
};

VIVACE_INLINE Place place_at(const Window& w, std::size_t number) {
  const auto i = static_cast<Index>(number);
  const Index line = i / w.width.output, plane = line / w.height.output;
  return {plane / w.depth.output, plane % w.depth.output, line % w.height.output, i % w.width.output};
}

/// The place `count` further in memory's order, at most at the start of the next line.
VIVACE_INLINE void advance(Place& place, const Window& w, Index count = 1) {
  place.width += count;
  if (place.width < w.width.output) return;
  place.width = 0;
  if (++place.height < w.height.output) return;
  place.height = 0;
  if (++place.depth < w.depth.output) return;
  place.depth = 0;
  ++place.image;
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
