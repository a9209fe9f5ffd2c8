// Which instruction sets a kernel's test can run on this machine.
#pragma once

#include "kernels/isa.h"

namespace vivace::testing {

/// Asks the processor and the system both: the compiler's table heeds what the system saves of the registers.
inline bool runs_here(kernels::Isa isa) {
  switch (isa) {
    case kernels::Isa::baseline:
      return true;
    case kernels::Isa::avx2:
      // Every processor with AVX2 has F16C; clang 14 does not know to ask for it.
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2");
    case kernels::Isa::avx512:
      return runs_here(kernels::Isa::avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
  }
  return false;
}

/// Calls check(isa, function) for every variant of a kernel that runs here.
template <class Params, class Check>
void for_each_variant(const kernels::Kernel<Params>& kernel, Check check) {
  for (int i = 0; i < kernels::kIsas; ++i) {
    const auto isa = static_cast<kernels::Isa>(i);
    if (runs_here(isa)) check(isa, kernels::pick(kernel, isa));
  }
}

}  // namespace vivace::testing
