// Several keys together to buckets.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[...] = the joined fingerprint of one element of every input, modulo `buckets`, int64: the dense case of
/// tf.sparse.cross_hashed. inputs: two or more of strings or integers, all of one shape.
struct CrossHash : OpBase<CrossHash> {
  static constexpr std::string_view kName = "cross_hash";
  std::int64_t buckets = 1;

  void attributes(AttributeVisitor& v) { v("buckets", buckets); }
  VIVACE_OP_RULES;
  /// Elements [begin, end) of the output, nothing allocated.
  Status compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                 std::int64_t begin, std::int64_t end) const;
};

}  // namespace vivace
