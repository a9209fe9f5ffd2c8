// Which instruction sets the processor has and the operating system has switched on.
#pragma once

namespace vivace::machine {

/// A group is true only where every instruction in it can run.
struct CpuFeatures {
  bool avx2 = false;  // with FMA, F16C, BMI2
  bool avx_vnni = false;
  bool avx512 = false;  // F, BW, DQ, VL, with everything of avx2
  bool avx512_vnni = false;
  bool avx512_bf16 = false;
};

/// Asks cpuid, and xgetbv for what the operating system saves.
CpuFeatures read_cpu_features();

}  // namespace vivace::machine
