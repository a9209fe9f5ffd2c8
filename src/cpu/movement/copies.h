// Steps that only move elements: every one is a list of copies between strided arrangements.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "cpu/common/layout.h"
#include "cpu/emitter.h"

namespace vivace::cpu {

/// One side of a copy: the element to start from, and the distance to the next one along each axis.
struct Side {
  Address address;
  std::int64_t start = 0;
  Shape strides;
};

/// The elements at every place of `dims`. No two copies of a step may write the same element.
struct Copy {
  Shape dims;
  Side from, to;
};

/// A step that makes the copies of elements of `size` bytes.
Step copy_step(const std::vector<Copy>& copies, std::size_t size);

/// A copy of the places of y from x by the strides given.
Copy gather_copy(const Operand& x, std::int64_t start, Shape strides, const Operand& y);

/// The choice of every operator that has one way to move elements, of whatever type.
std::optional<Choice> choose_copy(const NodeView& node, const Processor& processor,
                                  const NumericOptions& numerics);

}  // namespace vivace::cpu
