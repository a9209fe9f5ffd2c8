// Transposed convolution: the gradient of a convolution, used to enlarge.
#pragma once

#include "ops/common/epilogue.h"
#include "ops/common/op_base.h"
#include "ops/common/window.h"

namespace vivace {

/// y[n, s i + d k - before, o] += sum_c x[n, i, c] weights[k, o, c], then the end.
///
/// inputs: x [N, spatial..., C]; weights [kernel..., O, C] as Keras stores them; bias [O]; residual like y.
/// An axis's output size is (in - 1) stride + (kernel - 1) dilation + 1 - before - after + output_padding
/// with explicit padding, and in * stride under `same`, where what is cropped is TensorFlow's: the total
/// max((kernel - 1) dilation + 1 - stride, 0), the smaller half before. Places that no input reaches (kernel
/// smaller than stride, output_padding) hold the end of a zero sum. Keras's output_padding argument is
/// translated into explicit padding by the importer.
struct ConvTranspose : OpBase<ConvTranspose> {
  static constexpr std::string_view kName = "conv_transpose";
  std::vector<std::int64_t> strides, dilations;
  std::vector<std::int64_t> output_padding;  // added after the end; zeros if none
  Padding padding;                           // what is cropped
  Epilogue epilogue;

  void attributes(AttributeVisitor& v) {
    v("strides", strides);
    v("dilations", dilations);
    v("output_padding", output_padding);
    padding.attributes(v);
    epilogue.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
