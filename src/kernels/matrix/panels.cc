// Packing into panels of 16 columns.
#include "kernels/matrix/panels.h"

#include <algorithm>
#include <cstring>

namespace vivace::kernels {

void pack_panels16(const MatrixView& source, float* panels) noexcept {
  for (std::size_t first = 0; first < source.n; first += kPanel) {
    const std::size_t columns = std::min(kPanel, source.n - first);
    const float* column = source.data + first * source.column_stride;
    for (std::size_t k = 0; k < source.k; ++k, panels += kPanel) {
      const float* row = column + k * source.row_stride;
      if (source.column_stride == 1) {
        std::memcpy(panels, row, columns * sizeof(float));
      } else {
        for (std::size_t j = 0; j < columns; ++j) panels[j] = row[j * source.column_stride];
      }
      std::fill(panels + columns, panels + kPanel, 0.0f);
    }
  }
}

void unpack_panels16(const float* panels, const MatrixView& shape, float* matrix) noexcept {
  for (std::size_t first = 0; first < shape.n; first += kPanel) {
    const std::size_t columns = std::min(kPanel, shape.n - first);
    for (std::size_t k = 0; k < shape.k; ++k, panels += kPanel)
      for (std::size_t j = 0; j < columns; ++j)
        matrix[k * shape.row_stride + (first + j) * shape.column_stride] = panels[j];
  }
}

}  // namespace vivace::kernels
