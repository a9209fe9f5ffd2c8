// Transposed convolution of quantised numbers.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/requantisation.h"
#include "ops/common/window.h"

namespace vivace {

/// ConvTranspose's sums of (x - input_zero) (weights - weights_zero), plus bias, requantised.
///
/// inputs: x [N, spatial..., C], int8, uint8 or int16; weights [kernel..., O, C] of such a type; bias [O],
/// int32 or int64, optional. Sizes, padding and output_padding are ConvTranspose's, multipliers QConv's.
struct QConvTranspose : OpBase<QConvTranspose> {
  static constexpr std::string_view kName = "q_conv_transpose";
  std::vector<std::int64_t> strides, dilations;
  std::vector<std::int64_t> output_padding;  // added after the end; zeros if none
  Padding padding;                           // what is cropped
  std::int64_t input_zero = 0, weights_zero = 0;
  Requantisation end;

  void attributes(AttributeVisitor& v) {
    v("strides", strides);
    v("dilations", dilations);
    v("output_padding", output_padding);
    padding.attributes(v);
    v("input_zero", input_zero);
    v("weights_zero", weights_zero);
    end.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
