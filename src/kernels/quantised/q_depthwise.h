// Depthwise convolution of bytes over NHWC images.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/common/window.h"
#include "kernels/isa.h"
#include "kernels/quantised/end.h"

namespace vivace::kernels {

/// c[i][o] = end(sum over taps of (x[..][o] - zero) * weights[tap][o]); what lies outside the image is
/// `zero`. Lines of x are copied with their padding as unsigned bytes (128 more where they are signed); the
/// end's bias is less (the zero point there) * the channel's sum of weights.
struct QDepthwise {
  const std::uint8_t* x;        // [images, height, width, channels]
  const std::int32_t* weights;  // [taps, channels to a multiple of 16]: 16 bits each, the upper 16 are 0
  std::uint8_t* c;
  std::byte* workspace;
  Window window;  // of one or two axes: depth is 1
  std::size_t channels;
  std::int32_t zero;                 // of x
  bool is_signed;                    // x's bytes
  std::size_t line_begin, line_end;  // lines of output places of all images
  QuantisedEnd end;
  float* y = nullptr;  // instead of c, with this end; its rows are images
  FloatEnd float_end{};
};

VIVACE_DOT_KERNEL(q_depthwise, QDepthwise);

/// Workspace that a call needs.
std::size_t q_depthwise_workspace(const Window& window, std::size_t channels);

}  // namespace vivace::kernels
