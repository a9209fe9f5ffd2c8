// Numbers to the bins between boundaries.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = how many boundaries are at most x, of type `result`; NaN lies above all. Boundaries ascend, and are
/// float32 numbers, as in TensorFlow: an integer is rounded to float32 before it is compared. inputs:
/// numbers.
struct Bucketize : OpBase<Bucketize> {
  static constexpr std::string_view kName = "bucketize";
  std::vector<double> boundaries;
  DType result = DType::i32;

  void attributes(AttributeVisitor& v) {
    v("boundaries", boundaries);
    v("result", result);
  }
  VIVACE_OP_RULES;
  /// Elements [begin, end) of the output, nothing allocated.
  Status compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                 std::int64_t begin, std::int64_t end) const;
};

}  // namespace vivace
