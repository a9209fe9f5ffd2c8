// Copies of elements of any type between strided arrangements.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vivace::kernels {

/// `count` elements of `size` bytes (1, 2, 4, 8 or 16), `from_step` and `to_step` elements apart.
void copy_line(const std::byte* from, std::ptrdiff_t from_step, std::byte* to, std::ptrdiff_t to_step,
               std::size_t count, std::size_t size) noexcept;

/// to[i][j] = from[j][i]: rows x columns elements of `size` bytes; each row of `to` is dense, rows of `from`
/// run along i. Strides in elements.
struct Transpose2d {
  const std::byte* from;
  std::ptrdiff_t from_stride;  // from one j to the next
  std::byte* to;
  std::ptrdiff_t to_stride;  // from one i to the next
  std::size_t rows, columns, size;
};
void transpose_2d(const Transpose2d& p) noexcept;

/// `count` elements of `size` bytes, all with the bits at `value`.
void fill(std::byte* to, const std::byte* value, std::size_t count, std::size_t size) noexcept;

/// to[i] = condition[i] ? a[i] : b[i]; `to` is dense, the others have their steps in elements.
struct SelectLine {
  const std::byte *condition, *a, *b;
  std::ptrdiff_t condition_step, a_step, b_step;
  std::byte* to;
  std::size_t count, size;
};
void select_line(const SelectLine& p) noexcept;

}  // namespace vivace::kernels
