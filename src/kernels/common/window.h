// Windows sliding over up to three spatial axes of NHWC images, as kernels see them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vivace::kernels {

/// One spatial axis. Tap t of output place i is input place i stride - before + t dilation; what falls
/// outside the input is padding.
struct WindowAxis {
  std::int64_t input = 1, output = 1, kernel = 1, stride = 1, dilation = 1, before = 0;
};

/// Depth, height, width; missing ones are left as they are.
struct Window {
  WindowAxis depth, height, width;

  std::size_t taps() const { return static_cast<std::size_t>(depth.kernel * height.kernel * width.kernel); }
  /// Output places of one image.
  std::size_t places() const { return static_cast<std::size_t>(depth.output * height.output * width.output); }
  /// Rows of output places of one image.
  std::size_t lines() const { return static_cast<std::size_t>(depth.output * height.output); }
};

}  // namespace vivace::kernels
