// Convolution of one, two or three spatial axes, grouped and depthwise too, with a fused end.
#pragma once

#include "ops/common/epilogue.h"
#include "ops/common/op_base.h"
#include "ops/common/window.h"

namespace vivace {

/// inputs: x [N, spatial..., C]; weights [kernel..., C / groups, O]; bias [O]; residual like y.
/// y [N, out..., O]. Output channel o belongs to group o / (O / groups); group g reads input channels
/// g C/groups ... A depthwise convolution is groups = C: its Keras kernel [kernel..., C, M] is weights
/// [kernel..., 1, C M], since channel c M + m is the same place in both.
struct Conv : OpBase<Conv> {
  static constexpr std::string_view kName = "conv";
  std::vector<std::int64_t> strides, dilations;  // one for each spatial axis
  std::int64_t groups = 1;
  Padding padding;
  Epilogue epilogue;

  void attributes(AttributeVisitor& v) {
    v("strides", strides);
    v("dilations", dilations);
    v("groups", groups);
    padding.attributes(v);
    epilogue.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
