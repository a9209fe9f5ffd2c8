// Memory for the lines that a quantised convolution copies, and for those that it zips.
#include <algorithm>

#include "kernels/quantised/q_conv_tiles.h"
#include "kernels/quantised/q_depthwise.h"
#include "kernels/quantised/q_lines.h"

namespace vivace::kernels {

namespace {

// Vectors may read behind the last place.
constexpr std::size_t kBehind = 64;

// Zipped columns lie in the first-level cache; one is four of the widest vectors.
constexpr std::size_t kZippedBytes = 16 << 10, kColumnBytes = 256;

std::size_t row_groups(const Window& window, bool words) {
  const std::size_t together = q_depthwise_rows(words);
  return (static_cast<std::size_t>(window.height.kernel) + together - 1) / together;
}

std::size_t bytes_of(const QLines& lines) {
  const auto count = static_cast<std::size_t>(lines.met_lines(lines.fitting_lines(kQLineBytes)));
  return count * lines.line_bytes() + kBehind;
}

}  // namespace

std::size_t q_conv_workspace(const Window& window, std::size_t inputs, bool words) {
  const std::size_t channels = lies_in_rows(window) ? inputs : q_padded_channels(inputs, words);
  return bytes_of({window, inputs, channels, 0, false, words});
}

// A last block of 32 places may go beyond the last line, with 64 bytes of k each.
std::size_t q_conv_tiles_workspace(const Window& given, std::size_t inputs) {
  const Window window = without_steps(given);
  const std::size_t channels = lies_in_rows(window) ? inputs : q_padded_channels(inputs, false);
  return q_conv_workspace(window, inputs, false) +
         32 * static_cast<std::size_t>(window.width.stride) * channels + 64;
}

std::size_t q_depthwise_columns(const Window& window, bool words) {
  const WindowAxis& w = window.width;
  const auto met = static_cast<std::size_t>((w.kernel - 1) * w.dilation + 1);
  return std::max(met, kZippedBytes / kColumnBytes / row_groups(window, words));
}

// The last vector may read three places beyond the last line.
std::size_t q_depthwise_lines_bytes(const Window& window, std::size_t channels) {
  const std::size_t beyond = 3 * static_cast<std::size_t>(kQDepthwiseStride) * channels;
  return (bytes_of({window, channels, channels, 0, false, false}) + beyond + 63) / 64 * 64;
}

// A column's worth for the weights of each tap, the bias, the scales and the steps.
std::size_t q_depthwise_workspace(const Window& window, std::size_t channels, bool words) {
  const std::size_t groups = row_groups(window, words),
                    constants = groups * static_cast<std::size_t>(window.width.kernel) + 3;
  return q_depthwise_lines_bytes(window, channels) +
         (constants + groups * q_depthwise_columns(window, words)) * kColumnBytes;
}

}  // namespace vivace::kernels
