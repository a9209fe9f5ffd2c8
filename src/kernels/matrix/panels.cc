// Packing into panels of 16 columns.
#include "kernels/matrix/panels.h"

#include <algorithm>
#include <cstring>

namespace vivace::kernels {

namespace {

// Rows at once: so many lines of the source are read along side by side, which the processor foresees, and a
// row of a large matrix takes a page of its own.
constexpr std::size_t kRows = 32;

void pack_rows(const MatrixView& source, std::size_t begin, std::size_t end, float* panels) {
  for (std::size_t first = 0; first < source.n; first += kPanel, panels += source.k * kPanel) {
    const std::size_t columns = std::min(kPanel, source.n - first);
    const float* column = source.data + first * source.column_stride;
    for (std::size_t k = begin; k < end; ++k) {
      const float* row = column + k * source.row_stride;
      float* const to = panels + k * kPanel;
      if (source.column_stride == 1 && columns == kPanel) {
        std::memcpy(to, row, kPanel * sizeof(float));
        continue;
      }
      for (std::size_t j = 0; j < columns; ++j) to[j] = row[j * source.column_stride];
      std::fill(to + columns, to + kPanel, 0.0f);
    }
  }
}

}  // namespace

void pack_panels16(const MatrixView& source, float* panels) noexcept {
  for (std::size_t k = 0; k < source.k; k += kRows)
    pack_rows(source, k, std::min(k + kRows, source.k), panels);
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
