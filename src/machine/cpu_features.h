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
  bool amx = false;  // tiles and their products of bytes, with everything of avx512_vnni and VBMI
};

/// Asks cpuid, and xgetbv for what the operating system saves.
CpuFeatures read_cpu_features();

/// Asks the operating system to let this process use AMX's tile registers, which it saves only for those that
/// asked. Whether it does; requires `amx`.
bool allow_tiles();

}  // namespace vivace::machine
