// Memory for the lines that a quantised convolution copies.
#include "kernels/quantised/q_conv.h"
#include "kernels/quantised/q_lines.h"

namespace vivace::kernels {

std::size_t q_conv_workspace(const Window& window, std::size_t inputs, bool words) {
  const QLines lines{window, inputs, q_padded_channels(inputs, words), 0, false, words};
  const auto count = static_cast<std::size_t>(lines.met_lines(lines.fitting_lines(kQLineBytes)));
  return count * lines.line_bytes() + 64;
}

}  // namespace vivace::kernels
