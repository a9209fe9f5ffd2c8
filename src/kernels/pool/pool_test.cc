// Pooling against plain loops, on every instruction set this machine runs.
#include "kernels/pool/pool.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/testing.h"

using namespace vivace;
using kernels::Isa;
using kernels::Pool;
using kernels::Window;

namespace {

double definition(const Pool& p, const std::vector<float>& x, std::int64_t row, std::size_t channel) {
  const auto& [d, h, w] = p.window;
  const std::int64_t k = row % w.output, j = row / w.output % h.output;
  const std::int64_t i = row / w.output / h.output % d.output, n = row / w.output / h.output / d.output;
  double sum = 0, best = -INFINITY;
  int real = 0;
  for (std::int64_t a = 0; a < d.kernel; ++a)
    for (std::int64_t b = 0; b < h.kernel; ++b)
      for (std::int64_t c = 0; c < w.kernel; ++c) {
        const std::int64_t z = i * d.stride - d.before + a * d.dilation;
        const std::int64_t y = j * h.stride - h.before + b * h.dilation;
        const std::int64_t v = k * w.stride - w.before + c * w.dilation;
        if (z < 0 || z >= d.input || y < 0 || y >= h.input || v < 0 || v >= w.input) continue;
        const float value =
            x[static_cast<std::size_t>(((n * d.input + z) * h.input + y) * w.input + v) * p.channels +
              channel];
        sum += value;
        if (!(value <= best)) best = std::isnan(best) ? best : value;
        ++real;
      }
  if (!p.average) return best;
  return sum / (p.count_padding ? static_cast<double>(p.window.taps()) : real);
}

const Window kWindows[] = {
    {{}, {8, 4, 2, 2, 1, 0}, {8, 4, 2, 2, 1, 0}},
    {{}, {9, 5, 3, 2, 1, 1}, {10, 5, 3, 2, 1, 0}},
    {{}, {7, 7, 5, 1, 1, 2}, {6, 6, 5, 1, 1, 2}},
    {{}, {}, {17, 9, 3, 2, 2, 2}},
    {{5, 5, 3, 1, 1, 1}, {4, 2, 2, 2, 1, 0}, {5, 3, 3, 2, 1, 1}},
};

}  // namespace

TEST_CASE("pool: maximum and average of every window at every number of channels; NaN passes") {
  testing::for_each_variant(kernels::pool, [](Isa isa, auto run) {
    CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
    for (const Window& window : kWindows)
      for (const std::size_t channels : {1, 3, 4, 9, 16, 31, 64, 70})
        for (const int kind : {0, 1, 2}) {
          CAPTURE(channels);
          CAPTURE(kind);
          constexpr std::size_t kImages = 2;
          const std::size_t rows = kImages * window.places();
          auto x = testing::noise(
              kImages *
                  static_cast<std::size_t>(window.depth.input * window.height.input * window.width.input) *
                  channels,
              1);
          x[x.size() / 2] = std::nanf("");
          std::vector<float> c(rows * channels + 16, 12345.0f);
          Pool p{x.data(), channels, c.data(), channels, window, channels, 0, rows, kind > 0, kind == 2};
          run(p);
          double worst = 0;
          bool same_nan = true;
          for (std::size_t i = 0; i < rows * channels; ++i) {
            const double want = definition(p, x, static_cast<std::int64_t>(i / channels), i % channels);
            if (std::isnan(want) || std::isnan(c[i]))
              same_nan = same_nan && std::isnan(want) == std::isnan(c[i]);
            else
              worst = std::max(worst, std::abs(c[i] - want));
          }
          CHECK(same_nan);
          CHECK(worst < 1e-6);
          CHECK(std::all_of(c.end() - 16, c.end(), [](float v) { return v == 12345.0f; }));
        }
  });
}
