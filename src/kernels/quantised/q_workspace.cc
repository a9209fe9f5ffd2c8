// Memory for the lines that a quantised convolution copies.
#include "kernels/quantised/q_conv_tiles.h"
#include "kernels/quantised/q_depthwise.h"
#include "kernels/quantised/q_lines.h"

namespace vivace::kernels {

namespace {

// Vectors may read behind the last place.
constexpr std::size_t kBehind = 64;

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

std::size_t q_depthwise_workspace(const Window& window, std::size_t channels) {
  return bytes_of({window, channels, channels, 0, false, false});
}

}  // namespace vivace::kernels
