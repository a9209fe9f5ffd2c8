// The window of a convolution, as layers configure it.
#include "import/keras/build/window.h"

namespace vivace::keras {
namespace {

constexpr std::string_view kTwo = "\"valid\" or \"same\"";

bool is_same(const Config& config, std::string_view choices) {
  const std::string_view padding = config.text("padding", "valid");
  if (padding != "valid" && padding != "same") config.mistake("padding", choices);
  return padding == "same";
}

}  // namespace

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
  if (causal && config.text("padding", "valid") == "causal")
    w.padding.before[0] = (w.kernel[0] - 1) * w.dilations[0];
  else if (is_same(config, causal ? "\"valid\", \"same\" or \"causal\"" : kTwo))
    w.padding = Padding::same();
  return w;
}

bool pads_same(const Config& config) { return is_same(config, kTwo); }

}  // namespace vivace::keras
