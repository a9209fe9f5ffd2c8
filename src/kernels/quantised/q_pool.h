// Maximum, mean and sums over windows and rows of bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/common/window.h"
#include "kernels/isa.h"

namespace vivace::kernels {

/// As Pool, on bytes; an average is rounded to the nearest, ties away from zero.
struct QPool {
  const std::uint8_t* x;  // [images, places, channels]
  std::uint8_t* c;
  Window window;
  std::size_t channels;
  std::size_t row_begin, row_end;  // output places of all images
  bool average, is_signed;
};
VIVACE_KERNEL(q_pool, QPool);

/// sums[j] += x[i][j] over the rows, which lie `stride` bytes apart.
struct QSumRows {
  const std::uint8_t* x;
  std::int32_t* sums;
  std::size_t rows, columns, stride;
  bool is_signed;
};
VIVACE_KERNEL(q_sum_rows, QSumRows);

}  // namespace vivace::kernels
