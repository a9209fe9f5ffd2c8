#include <cstring>

#include "kernels/recurrent/cell.h"

namespace vivace::kernels {

void pack_cell(const float* weights, std::size_t units, std::size_t gates, float* into) noexcept {
  constexpr std::size_t kColumns = 16;
  for (std::size_t unit = 0; unit < units; unit += kColumns)
    for (std::size_t k = 0; k < units; ++k)
      for (std::size_t gate = 0; gate < gates; ++gate, into += kColumns)
        std::memcpy(into, weights + (k * gates + gate) * units + unit, kColumns * sizeof(float));
}

}  // namespace vivace::kernels
