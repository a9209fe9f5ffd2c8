// The window of a convolution, as layers configure it.
#include "import/keras/build/window.h"

namespace vivace::keras {

Sizes Window::with_channels(std::int64_t inputs, std::int64_t outputs) const {
  Sizes sizes = kernel;
  sizes.insert(sizes.end(), {inputs, outputs});
  return sizes;
}

Conv Window::convolution(std::int64_t groups) const {
  return with(Conv{}, &Conv::strides, strides, &Conv::dilations, dilations, &Conv::groups, groups,
              &Conv::padding, padding);
}

Window window_of(const Config& config, std::size_t axes, bool causal) {
  Window w{config.sizes("kernel_size", axes), config.sizes("strides", axes, 1),
           config.sizes("dilation_rate", axes, 1), Padding::valid(axes)};
  const std::string_view padding = config.text("padding", "valid");
  if (padding == "same")
    w.padding = Padding::same();
  else if (padding == "causal" && causal)
    w.padding.before[0] = (w.kernel[0] - 1) * w.dilations[0];
  else if (padding != "valid")
    config.mistake("padding", causal ? "\"valid\", \"same\" or \"causal\"" : "\"valid\" or \"same\"");
  return w;
}

}  // namespace vivace::keras
