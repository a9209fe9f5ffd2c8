// A tensor of one value, as large as another: zeros_like, ones_like, and state that starts at zero.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[dims] = value. inputs: like. `target` as in Reshape: n >= 0 is that size, Reshape::keep(i) like's axis
/// i.
struct Fill : OpBase<Fill> {
  static constexpr std::string_view kName = "fill";
  std::vector<std::int64_t> target;
  double value = 0;
  DType result = DType::f32;

  void attributes(AttributeVisitor& v) {
    v("target", target);
    v("value", value);
    v("result", result);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
