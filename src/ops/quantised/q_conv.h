// Convolution of quantised numbers, grouped and depthwise too.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/requantisation.h"
#include "ops/common/window.h"

namespace vivace {

/// y = end(bias + sum (x - input_zero) (weights - weights_zero)), over the windows of Conv; places outside x
/// add nothing.
///
/// inputs: x [N, spatial..., C], int8, uint8 or int16; weights [kernel..., C / groups, O] of such a type,
/// 4-bit ones unpacked to int8; bias [O], int32 or int64, optional. y [N, out..., O]. For TensorFlow Lite's
/// conv_2d and depthwise_conv_2d (groups = C) the multipliers are, in double, x's scale * the channel's /
/// y's, with fixed31; for uint8 the first product is rounded to float. int16 x takes fixed16, or fixed31
/// where the bias is of int32.
struct QConv : OpBase<QConv> {
  static constexpr std::string_view kName = "q_conv";
  std::vector<std::int64_t> strides, dilations;  // one for each spatial axis
  std::int64_t groups = 1;
  Padding padding;
  std::int64_t input_zero = 0, weights_zero = 0;
  Requantisation end;

  void attributes(AttributeVisitor& v) {
    v("strides", strides);
    v("dilations", dilations);
    v("groups", groups);
    padding.attributes(v);
    v("input_zero", input_zero);
    v("weights_zero", weights_zero);
    end.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
