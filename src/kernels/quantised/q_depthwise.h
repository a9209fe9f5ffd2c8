// Depthwise convolution of bytes over NHWC images.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/common/window.h"
#include "kernels/isa.h"
#include "kernels/quantised/end.h"

namespace vivace::kernels {

/// c[i][o] = end(sum over taps of (x[..][o] - zero) * weights[tap][o]); what lies outside the image is
/// `zero`. Lines of x are read as unsigned bytes (128 more where they are signed), copied with their padding
/// or, for small kernels with VNNI, where they lie; the end's bias is less (the zero point there) * the
/// channel's sum of weights.
///
/// Weights are [groups of kernel rows, kernel columns, channels to a multiple of 16] of 32 bits:
///   bytes: those of 4 kernel rows, signed bytes (with VNNI only)
///   words: those of 2 kernel rows, 16 bits each, less their zero point
/// Rows that the kernel lacks are 0.
struct QDepthwise {
  const std::uint8_t* x;  // [images, height, width, channels]
  const std::int32_t* weights;
  std::uint8_t* c;
  std::byte* workspace;
  Window window;  // of one or two axes: depth is 1
  std::size_t channels;
  std::int32_t zero;  // of x
  bool is_signed;     // x's bytes
  bool words;
  std::size_t line_begin, line_end;  // lines of output places of all images
  QuantisedEnd end;
  float* y = nullptr;  // instead of c, with this end; its rows are images
  FloatEnd float_end{};
};

VIVACE_DOT_KERNEL(q_depthwise, QDepthwise);

/// Kernel rows whose weights lie in one number.
constexpr std::size_t q_depthwise_rows(bool words) { return words ? 2 : 4; }
/// The largest stride with which a vector holds pieces of several places.
inline constexpr std::int64_t kQDepthwiseStride = 2;
/// Columns of zipped kernel rows that the workspace holds, for each group of them.
std::size_t q_depthwise_columns(const Window& window, bool words);
/// Where they and what belongs to them begin in the workspace, behind the copied lines.
std::size_t q_depthwise_lines_bytes(const Window& window, std::size_t channels);
/// Workspace that a call needs.
std::size_t q_depthwise_workspace(const Window& window, std::size_t channels, bool words);

}  // namespace vivace::kernels
