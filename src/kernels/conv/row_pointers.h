// Where a convolution's taps lie: for every output place, a pointer to each. Included by kernel bodies only.
#pragma once

#include "kernels/common/taps.h"
#include "kernels/conv/conv.h"
#include "kernels/matrix/sweep.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

// Floats of one kernel row up to which its taps are read as one: beyond, a tap is long enough by itself.
constexpr std::size_t kMaxRun = 64;
// Where border places keep a copy of their kernel rows with zeros for what is outside (32 KB of stack).
constexpr std::size_t kBorderFloats = 8192;

struct Plan {
  std::size_t taps, run;  // pointers for each place, floats behind each
  bool merged;            // one pointer for each kernel row
};

VIVACE_INLINE Plan plan_of(const Conv& p) {
  const auto width = static_cast<std::size_t>(p.window.width.kernel);
  const bool merged = width > 1 && p.groups == 1 && p.group_inputs > 0 && p.window.width.dilation == 1 &&
                      p.x_stride == p.group_inputs && width * p.group_inputs <= kMaxRun &&
                      p.window.taps() * p.group_inputs <= kBorderFloats;
  if (merged) return {p.window.taps() / width, width * p.group_inputs, true};
  return {p.window.taps(), p.group_inputs, false};
}

VIVACE_INLINE std::size_t rows_of_block(const Conv& p, const Plan& plan) {
  std::size_t rows = smaller(p.block_rows, kMaxPointers / plan.taps);
  if (plan.merged) rows = smaller(rows, kBorderFloats / (plan.taps * plan.run));
  return rows > p.tile_rows ? rows / p.tile_rows * p.tile_rows : rows;
}

// What filling in pointers needs and uses up.
struct Filler {
  const Conv& p;
  const Plan& plan;
  const float* x;  // of the group's first channel
  float* border;   // the next free copy
};

// The taps of one kernel row, `first` being its input's first place; pointers lie `step` apart.
VIVACE_INLINE void fill_line(const Filler& f, const Place& place, Index first, const float** out,
                             std::size_t step) {
  const WindowAxis& w = f.p.window.width;
  for (Index t = 0; t < w.kernel; ++t, out += step) {
    const Index i = input_place(w, place.width, t);
    *out = is_inside(w, i) ? f.x + (first + i) * static_cast<Index>(f.p.x_stride) : f.p.zeros;
  }
}

// The same as one long tap, from `from` on; the taps that are real are [begin, end).
VIVACE_INLINE const float* merged_line(Filler& f, Index from, Taps taps) {
  const Index kernel = f.p.window.width.kernel, stride = static_cast<Index>(f.p.x_stride);
  if (taps.begin == 0 && taps.end == kernel) return f.x + from;
  float* copy = f.border;
  f.border += f.plan.run;
  for (Index i = 0; i < kernel * stride; ++i)
    copy[i] = i >= taps.begin * stride && i < taps.end * stride ? f.x[from + i] : 0.0f;
  return copy;
}

VIVACE_INLINE void fill_place(Filler& f, const Place& place, const float** out, std::size_t step) {
  const Window& w = f.p.window;
  const std::size_t pointers = f.plan.merged ? 1 : static_cast<std::size_t>(w.width.kernel);
  const Index start = input_place(w.width, place.width, 0);
  const Index room = w.width.input - start;  // merged taps lie side by side: no division by the dilation
  const Taps real{start < 0 ? -start : 0, room < w.width.kernel ? room : w.width.kernel};
  for (Index a = 0; a < w.depth.kernel; ++a)
    for (Index b = 0; b < w.height.kernel; ++b, out += pointers * step) {
      const Index d = input_place(w.depth, place.depth, a), h = input_place(w.height, place.height, b);
      const Index first = ((place.image * w.depth.input + d) * w.height.input + h) * w.width.input;
      if (!is_inside(w.depth, d) || !is_inside(w.height, h)) {
        for (std::size_t t = 0; t < pointers; ++t) out[t * step] = f.p.zeros;
      } else if (f.plan.merged) {
        *out = merged_line(f, (first + start) * static_cast<Index>(f.p.x_stride), real);
      } else {
        fill_line(f, place, first, out, step);
      }
    }
}

// `count` neighbouring places whose taps all lie on the input's width: each pointer is the one before it and
// a stride.
VIVACE_INLINE void fill_run(const Filler& f, const Place& place, std::size_t count, const float** out,
                            std::size_t step) {
  const Window& w = f.p.window;
  const auto stride = static_cast<Index>(f.p.x_stride);
  const std::size_t pointers = f.plan.merged ? 1 : static_cast<std::size_t>(w.width.kernel);
  const Index start = input_place(w.width, place.width, 0);
  for (Index a = 0; a < w.depth.kernel; ++a)
    for (Index b = 0; b < w.height.kernel; ++b) {
      const Index d = input_place(w.depth, place.depth, a), h = input_place(w.height, place.height, b);
      const bool inside = is_inside(w.depth, d) && is_inside(w.height, h);
      const Index first = ((place.image * w.depth.input + d) * w.height.input + h) * w.width.input + start;
      const float* line = inside ? f.x + first * stride : f.p.zeros;
      const Index next = inside ? w.width.stride * stride : 0, tap = inside ? w.width.dilation * stride : 0;
      for (std::size_t t = 0; t < pointers; ++t, line += tap, out += step)
        for (std::size_t i = 0; i < count; ++i) out[i] = line + static_cast<Index>(i) * next;
    }
}

// The pointers of a tile of `height` places from `place` on, which is moved behind them.
VIVACE_INLINE void fill_tile(Filler& f, Place& place, std::size_t height, const float** out) {
  const Window& w = f.p.window;
  const Taps inner = inner_places(w.width);
  for (std::size_t row = 0; row < height;) {
    const bool runs = place.width >= inner.begin && place.width < inner.end;
    const std::size_t count =
        runs ? smaller(height - row, static_cast<std::size_t>(inner.end - place.width)) : 1;
    runs ? fill_run(f, place, count, out + row, height) : fill_place(f, place, out + row, height);
    advance(place, w, static_cast<Index>(count));
    row += count;
  }
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
