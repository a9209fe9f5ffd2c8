// Batch normalisation as it is at inference: a fixed scale and shift for each channel.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta along `axis`.
/// inputs: x; mean [C]; variance [C]; gamma [C] and beta [C], optional. Passes turn it into ScaleShift.
struct BatchNorm : OpBase<BatchNorm> {
  static constexpr std::string_view kName = "batch_norm";
  std::int64_t axis = -1;  // never negative in a graph
  double epsilon = 1e-3;

  void attributes(AttributeVisitor& v) {
    v("axis", axis);
    v("epsilon", epsilon);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
