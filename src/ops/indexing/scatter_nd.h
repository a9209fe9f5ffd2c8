// A tensor with some of its slices replaced, or combined with others.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = x, then for every row i of the indices, in order: y[indices[i, 0], indices[i, 1], ..., :] becomes the
/// update, or what `reduction` makes of both.
///
/// inputs: x; indices (integer) [i..., K], whose last axis is a number; updates [i..., rest...] of x's type,
/// where rest are x's axes behind the first K. Of booleans the maximum is whether any, the minimum whether
/// all are true. An index outside gives the error op.index when run, as TensorFlow on a CPU; with
/// `skip_negative` a negative one means that the update is left out (segments).
struct ScatterNd : OpBase<ScatterNd> {
  enum class Reduction : std::uint32_t { replace, add, multiply, minimum, maximum };
  static constexpr std::string_view kName = "scatter_nd";
  static constexpr std::string_view kReductions[] = {"replace", "add", "multiply", "minimum", "maximum"};
  Reduction reduction = Reduction::replace;
  bool skip_negative = false;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "reduction", reduction, kReductions);
    v("skip_negative", skip_negative);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
