// Slices of a tensor, each named by several indices at once.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[batch..., i..., rest...] = x[batch..., indices[batch..., i..., 0], indices[..., 1], ..., rest...]
///
/// inputs: x; indices (integer) [batch..., i..., K], whose last axis is a number. The first `batch_dims` axes
/// of both are the same. An index outside gives the error op.index when run, as TensorFlow on a CPU.
struct GatherNd : OpBase<GatherNd> {
  static constexpr std::string_view kName = "gather_nd";
  std::int64_t batch_dims = 0;

  void attributes(AttributeVisitor& v) { v("batch_dims", batch_dims); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
