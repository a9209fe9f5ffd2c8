// Sums and extremes of rows.
#include "kernels/rows/rows.h"
#include "kernels/rows/tree.h"

namespace vivace::kernels::VIVACE_ISA {

void fold_rows(const FoldRows& p) noexcept {
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* x = p.x + i * p.columns;
    const Vec centre = simd::splat(p.centre ? p.centre[i] : 0.0f);
    const auto at = [&](std::size_t offset, std::size_t lanes) { return load_some(x + offset, lanes); };
    switch (p.fold) {
      case Fold::sum:
        p.y[i] = tree_sum(p.columns, at);
        break;
      case Fold::squares:
        p.y[i] = tree_sum(p.columns, [&](std::size_t offset, std::size_t lanes) {
          const Vec d = simd::sub(at(offset, lanes), centre);
          return simd::mul(d, d);
        });
        break;
      case Fold::maximum:
        p.y[i] = tree_max(p.columns, at);
        break;
      case Fold::minimum:
        p.y[i] = -tree_max(p.columns, [&](std::size_t offset, std::size_t lanes) {
          return simd::negate(at(offset, lanes));
        });
        break;
    }
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
