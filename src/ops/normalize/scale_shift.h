// A scale and a shift for each channel, with a fused end.
#pragma once

#include "ops/common/activation.h"
#include "ops/common/op_base.h"

namespace vivace {

/// y = activation(x * scale + shift) along the last axis. inputs: x [..., C]; scale [C]; shift [C].
struct ScaleShift : OpBase<ScaleShift> {
  static constexpr std::string_view kName = "scale_shift";
  Activation activation;

  void attributes(AttributeVisitor& v) { activation.attributes(v); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
