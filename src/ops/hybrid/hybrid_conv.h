// Convolution of dynamically quantised rows with 8-bit weights, to floating point.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/hybrid.h"
#include "ops/common/window.h"

namespace vivace {

/// Conv's sums of (q - zero of the image) weights, in 32 bits, then HybridEnd: y [N, out..., O], float32.
///
/// inputs: q int8 [N, spatial..., C], scales [N] and zeros [N] as dynamic_quantize (leading 1) gives them
/// after weights int8 [kernel..., C / groups, O]; bias [O], float32, optional. Order: q, weights, scales,
/// zeros, bias. TensorFlow Lite's conv_2d with one scale for all weights takes symmetric rows; with one for
/// each channel asymmetric ones and weights_scale_first; depthwise_conv_2d asymmetric rows.
struct HybridConv : OpBase<HybridConv> {
  static constexpr std::string_view kName = "hybrid_conv";
  std::vector<std::int64_t> strides, dilations;  // one for each spatial axis
  std::int64_t groups = 1;
  Padding padding;
  HybridEnd end;

  void attributes(AttributeVisitor& v) {
    v("strides", strides);
    v("dilations", dilations);
    v("groups", groups);
    padding.attributes(v);
    end.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
