// The end of a matrix-like operator, as its kernels take it.
#pragma once

#include <optional>

#include "kernels/common/end.h"
#include "ops/common/epilogue.h"
#include "plan/target.h"

namespace vivace::cpu {

/// An End whose pointers are still addresses.
struct FusedEnd {
  kernels::End end;
  std::optional<Address> bias, residual;

  kernels::End at(const Frame& frame) const;
};

/// Moves an End to the row that so many rows precede.
inline void skip_rows(kernels::End& end, std::size_t rows) {
  if (end.residual) end.residual += rows * end.residual_stride;
}

/// Whether the kernels know this activation: all that give numbers.
bool can_fuse(const Activation& activation);

/// Bias and residual are inputs 2 and 3; the residual has `columns` floats a row. Requires can_fuse.
FusedEnd fused_end(const Epilogue& epilogue, const NodeView& node, std::size_t columns);

}  // namespace vivace::cpu
