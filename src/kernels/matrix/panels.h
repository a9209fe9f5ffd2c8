// Packing of float32 weights into panels of 16 columns: one layout that every instruction set reads.
#pragma once

#include <cstddef>

#include "kernels/matrix/tile.h"

namespace vivace::kernels {

/// A matrix [k, n] in memory: element (k, n) is at data[k row_stride + n column_stride].
struct MatrixView {
  const float* data;
  std::size_t k, n;
  std::size_t row_stride, column_stride;
};

/// Floats that the panels of a [k, n] matrix take: the last panel is filled up with zero columns.
constexpr std::size_t panels16_size(std::size_t k, std::size_t n) {
  return (n + kPanel - 1) / kPanel * kPanel * k;
}

/// [ceil(n/16)][k][16]. Lossless; a transposed source is a view with its strides exchanged. Convolution
/// weights [kernel..., I, O] are the matrix [kernel... * I, O].
void pack_panels16(const MatrixView& source, float* panels) noexcept;

/// The inverse: fills `matrix`, whose strides are `shape`'s (its data is not read).
void unpack_panels16(const float* panels, const MatrixView& shape, float* matrix) noexcept;

}  // namespace vivace::kernels
