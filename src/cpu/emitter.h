// How the CPU target handles one operator: a row of its table.
#pragma once

#include <optional>
#include <string_view>

#include "kernels/isa.h"
#include "plan/target.h"

namespace vivace::cpu {

/// What an emitter may base its choice on, besides the operator and its operands.
struct Processor {
  kernels::Isa isa = kernels::Isa::baseline;
  bool vnni = false;                // dot products of bytes, on top of avx2 or avx512
  bool amx = false;                 // and products of tiles of them, on top of avx512
  std::size_t l1_bytes = 32 << 10;  // data caches of one core
  std::size_t l2_bytes = 1 << 20;
};

/// One operator's kernels. `choose` gives nothing where none fits the operands (a type, a rank): then the
/// operator's scalar reference runs, and explain says so.
struct Emitter {
  std::string_view op;
  std::optional<Choice> (*choose)(const NodeView& node, const Processor& processor,
                                  const NumericOptions& numerics);
  Result<Step> (*emit)(const NodeView& node, const Choice& choice, const Processor& processor);
};

/// An arrangement of weights by name: Choice::Packing::layout.
struct WeightLayout {
  std::string_view name;
  std::size_t (*bytes)(const NodeView& node, std::size_t input);
  void (*pack)(const NodeView& node, std::size_t input, std::byte* into);  // into: zeroed, 64-byte aligned
};

}  // namespace vivace::cpu
