// The body of @name@, compiled once per instruction set.
#include "kernels/@family@/@name@.h"

namespace vivace::kernels::VIVACE_ISA {

void @name@(const @Name@& p) noexcept {
  for (std::size_t i = 0; i < p.count; ++i) p.y[i] = p.x[i];
}

}  // namespace vivace::kernels::VIVACE_ISA
