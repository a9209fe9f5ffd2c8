// Convolution of bytes over NHWC images, and products of matrices of bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/common/window.h"
#include "kernels/isa.h"
#include "kernels/quantised/end.h"

namespace vivace::kernels {

/// c[i][o] = end(sum over taps, over channels, of (x - zero) * weights), for output place i and channel o;
/// what lies outside the image is `zero`.
///
/// Lines of x are copied with their padding, as unsigned bytes or as 16-bit numbers less the zero point, so
/// that every tap of every place is there and a kernel row lies in one piece. Weights are panels of 16
/// columns of [kernel rows, padded kernel columns x channels], or, where the window is dilated along its
/// width, [kernel rows, kernel columns, padded channels], in groups of 4 bytes:
///   bytes: 4 signed bytes of one column (an AVX-VNNI or AVX512-VNNI instruction); x becomes x + 128 where
///          its bytes are signed, and the end's bias is less (x's new zero) * the column's sum
///   words: 2 numbers of 16 bits, less their zero point
/// Where y is set, the sums become float32.
struct QConv {
  const std::uint8_t* x;  // [images, height, width, inputs]
  const std::byte* weights;
  std::uint8_t* c;  // [images, places, outputs]
  std::byte* workspace;
  Window window;  // of one or two axes: depth is 1
  std::size_t inputs, outputs;
  std::int32_t zero;  // of x
  bool is_signed;     // x's bytes
  bool words;
  std::size_t rows;                // output places of all images
  std::size_t row_begin, row_end;  // those that are wanted
  std::size_t panel_begin, panel_end;
  std::size_t tile_rows, tile_panels;  // a shape that kTileRows allows
  QuantisedEnd end;
  float* y = nullptr;  // instead of c, with this end
  FloatEnd float_end{};
};

/// Without VNNI there are only words.
VIVACE_DOT_KERNEL(q_conv, QConv);

/// Channels of a tap: a whole number of groups.
constexpr std::size_t q_padded_channels(std::size_t channels, bool words) {
  const std::size_t unit = words ? 2 : 4;
  return (channels + unit - 1) / unit * unit;
}
/// Whether a kernel row lies in one piece: its columns' channels are then those of one tap.
constexpr bool lies_in_rows(const Window& window) { return window.width.dilation == 1; }
/// Workspace that a call needs.
std::size_t q_conv_workspace(const Window& window, std::size_t inputs, bool words);

}  // namespace vivace::kernels
