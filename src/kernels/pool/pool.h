// Maximum and average over windows of NHWC images.
#pragma once

#include "kernels/common/window.h"
#include "kernels/isa.h"

namespace vivace::kernels {

/// Padding never counts: the maximum ignores it, the average divides by the real elements, or by the whole
/// window with count_padding. NaN wins a maximum. Sums run over the taps in ascending order.
struct Pool {
  const float* x;
  std::size_t x_stride;  // floats from one place of x to the next
  float* c;
  std::size_t c_stride;
  Window window;
  std::size_t channels;
  std::size_t row_begin, row_end;  // output places: images * window.places() in all
  bool average, count_padding;
};

VIVACE_KERNEL(pool, Pool);

}  // namespace vivace::kernels
