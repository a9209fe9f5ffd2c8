// The first Target: x86-64 processors, by instruction set.
#pragma once

#include <memory>

#include "cpu/emitter.h"
#include "machine/core_caches.h"
#include "machine/cpu_features.h"
#include "plan/target.h"

namespace vivace::cpu {

/// The best instruction set of ours that this processor and its operating system can run.
kernels::Isa best_isa(const machine::CpuFeatures& features);

std::shared_ptr<const Target> make_cpu_target(
    kernels::Isa isa, const machine::CoreCaches& caches = machine::read_core_caches());

}  // namespace vivace::cpu
