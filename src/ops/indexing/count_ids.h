// How often each number occurs.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[..., d] = how often d occurs along the last axis of x[..., length]; `presence`: whether; with weights,
/// the sum of those that stand beside it. A negative number is the error op.index when run, as in
/// tf.math.bincount; one of `size` or more does not count, or is an error too where `strict`. inputs:
/// integers of one axis or more; weights (optional, of x's shape).
struct CountIds : OpBase<CountIds> {
  static constexpr std::string_view kName = "count_ids";
  std::int64_t size = 1;
  bool presence = false;
  bool strict = false;
  DType result = DType::f32;

  void attributes(AttributeVisitor& v) {
    v("size", size);
    v("presence", presence);
    v("strict", strict);
    v("result", result);
  }
  VIVACE_OP_RULES;
  /// Elements [begin, end) of the output, whole rows of `size`; nothing allocated unless it fails.
  Status compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                 std::int64_t begin, std::int64_t end) const;
};

}  // namespace vivace
