// Packing of a transposed convolution's weights.
#include "kernels/conv/conv_transpose.h"

namespace vivace::kernels {

void pack_transposed_taps(const float* weights, std::size_t taps, std::size_t outputs, std::size_t inputs,
                          float* panels) noexcept {
  for (std::size_t first = 0; first < outputs; first += kPanel)
    for (std::size_t tap = 0; tap < taps; ++tap)
      for (std::size_t i = 0; i < inputs; ++i, panels += kPanel)
        for (std::size_t j = 0; j < kPanel; ++j)
          panels[j] = first + j < outputs ? weights[(tap * outputs + first + j) * inputs + i] : 0.0f;
}

}  // namespace vivace::kernels
