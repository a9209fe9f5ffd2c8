// The loops of the references that slide windows: every window, and every tap of one that meets real input.
#pragma once

#include "ops/common/window.h"

namespace vivace {

using WindowAxes = std::array<WindowAxis, 3>;

/// A window: its image, and its place among the outputs.
struct WindowPlace {
  std::int64_t image, i, j, k;
};

/// Calls visit(place) for the windows of all images, in the order of the output's pixels.
template <class Visit>
void for_each_window(const WindowAxes& axes, std::int64_t images, Visit visit) {
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t i = 0; i < axes[0].output; ++i)
      for (std::int64_t j = 0; j < axes[1].output; ++j)
        for (std::int64_t k = 0; k < axes[2].output; ++k) visit(WindowPlace{n, i, j, k});
}

/// Calls visit(pixel, tap) for the taps that fall on real input: which pixel of all images, which tap of the
/// kernel.
template <class Visit>
void for_each_tap(const WindowAxes& axes, const WindowPlace& place, Visit visit) {
  const WindowAxis &d = axes[0], &h = axes[1], &w = axes[2];
  const auto td = d.taps(place.i), th = h.taps(place.j), tw = w.taps(place.k);
  for (std::int64_t a = td[0]; a < td[1]; ++a)
    for (std::int64_t b = th[0]; b < th[1]; ++b)
      for (std::int64_t c = tw[0]; c < tw[1]; ++c) {
        const std::int64_t plane = place.image * d.input + place.i * d.stride - d.before + a * d.dilation;
        const std::int64_t line = plane * h.input + place.j * h.stride - h.before + b * h.dilation;
        const std::int64_t pixel = line * w.input + place.k * w.stride - w.before + c * w.dilation;
        visit(pixel, (a * h.kernel + b) * w.kernel + c);
      }
}

}  // namespace vivace
