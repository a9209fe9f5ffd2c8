// The first Target: x86-64 processors, by instruction set.
#pragma once

#include <memory>
#include <string>

#include "cpu/emitter.h"
#include "machine/core_caches.h"
#include "machine/cpu_features.h"
#include "plan/target.h"

namespace vivace::cpu {

/// An instruction set, with or without VNNI's dot products of bytes (DotKernel) and AMX's tiles of them.
struct InstructionSet {
  kernels::Isa isa = kernels::Isa::baseline;
  bool vnni = false;
  bool amx = false;  // with vnni only
};
/// Worst first.
inline constexpr InstructionSet kInstructionSets[] = {
    {kernels::Isa::baseline}, {kernels::Isa::avx2},         {kernels::Isa::avx2, true},
    {kernels::Isa::avx512},   {kernels::Isa::avx512, true}, {kernels::Isa::avx512, true, true}};

/// The best of ours that this processor and its operating system can run.
InstructionSet best_set(const machine::CpuFeatures& features);
inline kernels::Isa best_isa(const machine::CpuFeatures& features) { return best_set(features).isa; }
/// Whether they can run it.
bool runs(const machine::CpuFeatures& features, InstructionSet set);
/// "avx2", "avx512_vnni"
std::string name_of(InstructionSet set);

std::shared_ptr<const Target> make_cpu_target(
    InstructionSet set, const machine::CoreCaches& caches = machine::read_core_caches());
/// Without VNNI.
inline std::shared_ptr<const Target> make_cpu_target(
    kernels::Isa isa, const machine::CoreCaches& caches = machine::read_core_caches()) {
  return make_cpu_target(InstructionSet{isa, false}, caches);
}

}  // namespace vivace::cpu
