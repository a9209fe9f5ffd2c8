// Transposed convolution over NHWC images.
#pragma once

#include "kernels/common/window.h"
#include "kernels/matrix/tile.h"

namespace vivace::kernels {

/// The gradient of the convolution `window`, whose input is c and whose output is x: output place o gets
/// end(sum over taps t that meet an input place i, o = i stride - before + t dilation, of x[i] * weights[t]),
/// in ascending order of (tap, channel).
///
/// Gathered, not scattered: the places of one line that are a stride apart are met by the same taps, so they
/// form the rows of a matrix product whose rows lie a stride apart in c.
struct ConvTranspose {
  const float* x;
  std::size_t x_stride;
  const float* weights;  // panels of [taps * inputs, outputs]
  const float* zeros;    // at least `inputs` of them
  float* c;
  std::size_t c_stride;
  Window window;
  std::size_t inputs, outputs;         // channels
  std::size_t phase_begin, phase_end;  // images * lines of c * width stride in all
  std::size_t tile_rows, tile_panels;  // as Gemm
  End end;
};

VIVACE_KERNEL(conv_transpose, ConvTranspose);

/// Output lines of one image, each of which is cut into width.stride phases.
inline std::size_t transpose_phases(const Window& window) {
  return static_cast<std::size_t>(window.depth.input * window.height.input * window.width.stride);
}

/// Weights [taps, outputs, inputs] as the panels of [taps * inputs, outputs].
void pack_transposed_taps(const float* weights, std::size_t taps, std::size_t outputs, std::size_t inputs,
                          float* panels) noexcept;

}  // namespace vivace::kernels
