// The transformation of a 3x3 kernel for Winograd's F(4x4, 3x3), in double: G w G^T.
#include <algorithm>

#include "kernels/conv/winograd.h"
#include "kernels/matrix/panels.h"

namespace vivace::kernels {
namespace {

// Row of a point p: (1, p, p^2) / product of (p - q) over the other finite points q; the last is infinity's.
constexpr double kA = 0.625, kB = 1.5;  // as in winograd.body.h
constexpr double kA2 = kA * kA, kB2 = kB * kB;
constexpr double kNa = 2 * kA2 * (kA2 - kB2), kNb = 2 * kB2 * (kB2 - kA2);
constexpr double kG[6][3] = {{1 / (kA2 * kB2), 0, 0},         {1 / kNa, kA / kNa, kA2 / kNa},
                             {1 / kNa, -kA / kNa, kA2 / kNa}, {1 / kNb, kB / kNb, kB2 / kNb},
                             {1 / kNb, -kB / kNb, kB2 / kNb}, {0, 0, 1}};

// Sixteen outputs of one input: G w G^T, column by column of w, then row by row. taps[i * 3 + j] holds w's
// element [i][j], places[r * 6 + c] the result's [r][c].
void transform(const double (&taps)[9][kPanel], float* panels, std::size_t place_stride) {
  double half[6][3][kPanel];
  for (std::size_t r = 0; r < 6; ++r)
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t j = 0; j < kPanel; ++j)
        half[r][c][j] = kG[r][0] * taps[c][j] + kG[r][1] * taps[3 + c][j] + kG[r][2] * taps[6 + c][j];
  for (std::size_t r = 0; r < 6; ++r)
    for (std::size_t c = 0; c < 6; ++c, panels += place_stride)
      for (std::size_t j = 0; j < kPanel; ++j)
        panels[j] = static_cast<float>(kG[c][0] * half[r][0][j] + kG[c][1] * half[r][1][j] +
                                       kG[c][2] * half[r][2][j]);
}

}  // namespace

void pack_winograd43(const float* weights, std::size_t inputs, std::size_t outputs, float* panels) noexcept {
  const std::size_t place_stride = panels16_size(inputs, outputs);
  for (std::size_t i = 0; i < inputs; ++i)
    for (std::size_t first = 0; first < outputs; first += kPanel) {
      const std::size_t columns = std::min(kPanel, outputs - first);
      double taps[9][kPanel] = {};
      for (std::size_t tap = 0; tap < 9; ++tap)
        for (std::size_t j = 0; j < columns; ++j)
          taps[tap][j] = weights[(tap * inputs + i) * outputs + first + j];
      transform(taps, panels + (first / kPanel * inputs + i) * kPanel, place_stride);
    }
}

}  // namespace vivace::kernels
