// A regular part of a tensor.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// Python's x[start:stop:step] along each of `axes`; negative numbers count from the end, kEnd is "to the
/// end" (or, for a negative step, past the first). Sizes clip as in Python. Steps are never 0.
/// Along an axis of unknown size, x[a:] and x[a:-b] have the axis less a and b: while a size is unknown it is
/// taken to be as large as what is cut off, and a symbol to be 1 or more. With numbers the rule is exact.
struct Slice : OpBase<Slice> {
  static constexpr std::string_view kName = "slice";
  static constexpr std::int64_t kEnd = INT64_MAX;
  std::vector<std::int64_t> axes, starts, stops, steps;

  void attributes(AttributeVisitor& v) {
    v("axes", axes);
    v("starts", starts);
    v("stops", stops);
    v("steps", steps);
  }
  VIVACE_OP_RULES;

  /// Where the part begins in x of these sizes, in elements; `strides` become the distances from one of its
  /// elements to the next along each axis. Requires a part that is not empty.
  std::int64_t place(std::span<const std::int64_t> dims, Shape& strides) const;
};

}  // namespace vivace
