// The window of a convolution, as layers configure it.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

struct Window {
  Sizes kernel, strides, dilations;
  Padding padding;

  /// A kernel's sizes: those of the window, then two more.
  Sizes with_channels(std::int64_t inputs, std::int64_t outputs) const;
  /// The convolution that slides it.
  Conv convolution(std::int64_t groups = 1) const;
};

/// config["kernel_size"], "strides", "dilation_rate" and "padding", over `axes` axes. A causal one may only
/// be asked for where `causal` is true.
Window window_of(const Config& config, std::size_t axes, bool causal = false);

/// Whether config["padding"] says "same" and not "valid", for what knows no other.
bool pads_same(const Config& config);

}  // namespace vivace::keras
