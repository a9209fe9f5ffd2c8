// The transformation of a 3x3 kernel for Winograd's F(4x4, 3x3), in double: G w G^T.
#include "kernels/conv/winograd.h"
#include "kernels/matrix/panels.h"

namespace vivace::kernels {
namespace {

constexpr double kG[6][3] = {{1.0 / 4, 0, 0},
                             {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                             {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                             {1.0 / 24, 1.0 / 12, 1.0 / 6},
                             {1.0 / 24, -1.0 / 12, 1.0 / 6},
                             {0, 0, 1}};

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
