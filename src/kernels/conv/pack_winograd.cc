// The transformation of a 3x3 kernel for Winograd's F(4x4, 3x3), in double: G w G^T.
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

// Row `row` and column `column` of G w G^T; w's elements lie `stride` apart.
float transformed(const float* w, std::size_t stride, std::size_t row, std::size_t column) {
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) sum += kG[row][i] * kG[column][j] * w[(i * 3 + j) * stride];
  return static_cast<float>(sum);
}

}  // namespace

void pack_winograd43(const float* weights, std::size_t inputs, std::size_t outputs, float* panels) noexcept {
  for (std::size_t place = 0; place < kWinogradPlaces; ++place)
    for (std::size_t first = 0; first < outputs; first += kPanel)
      for (std::size_t i = 0; i < inputs; ++i, panels += kPanel)
        for (std::size_t j = 0; j < kPanel; ++j)
          panels[j] = first + j < outputs ? transformed(weights + i * outputs + first + j, inputs * outputs,
                                                        place / 6, place % 6)
                                          : 0.0f;
}

}  // namespace vivace::kernels
