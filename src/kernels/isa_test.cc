#include "kernels/isa.h"

#include <doctest/doctest.h>

#include "support/isas.h"
#include "support/skip.h"

namespace vivace::kernels {

TEST_CASE("kernels: plain x86-64 runs everywhere") { CHECK(testing::runs_here(Isa::baseline)); }

TEST_CASE("kernels: this machine runs AVX2, so its variants are tested") {
  if (!testing::runs_here(Isa::avx2)) VIVACE_SKIP("no AVX2 on this machine: its variants are not tested");
  CHECK(testing::runs_here(Isa::baseline));
}

TEST_CASE("kernels: this machine runs AVX-512, so its variants are tested") {
  if (!testing::runs_here(Isa::avx512))
    VIVACE_SKIP("no AVX-512 on this machine: its variants are not tested");
  CHECK(testing::runs_here(Isa::avx2));
}

}  // namespace vivace::kernels
