// Activations and functions as the element-wise kernels take them.
#pragma once

#include "cpu/emitter.h"
#include "kernels/elementwise/elementwise.h"
#include "ops/common/activation.h"
#include "ops/elementwise/binary.h"

namespace vivace::cpu {

/// What an element-wise kernel does last: bounds inside its own sweep where they suffice, otherwise a
/// function over each block while it is in L1.
struct Ending {
  float low = -__builtin_inff(), high = __builtin_inff();
  bool maps = false;
  kernels::Map map{};

  void operator()(float* y, std::int64_t count, kernels::Isa isa) const {
    if (!maps) return;
    kernels::Map p = map;
    p.x = p.y = y;
    p.count = static_cast<std::size_t>(count);
    kernels::pick(kernels::map, isa)(p);
  }
};

/// Whether the kernels know the function: all but those that give truth.
constexpr bool is_numeric(UnaryKind kind) { return kind < UnaryKind::logical_not; }
kernels::Function function_of(UnaryKind kind);
kernels::Pair pair_of(Binary::Kind kind);
/// The function with its parameters; x, y and count are left out.
kernels::Map map_of(const Activation& activation);
Ending ending_of(const Activation& activation);

/// The name of a kernel for people: "map avx2", by instruction set.
struct KernelNames {
  std::string_view names[kernels::kIsas];
  std::string_view operator[](kernels::Isa isa) const { return names[static_cast<std::size_t>(isa)]; }
};
#define VIVACE_KERNEL_NAMES(name) \
  KernelNames { name " baseline", name " avx2", name " avx512" }

}  // namespace vivace::cpu
