// What a matrix-like operator (MatMul, Conv, ConvTranspose) does to its sums before it stores them.
#pragma once

#include "ops/common/activation.h"

namespace vivace {

/// y = residual_last ? act(sum + bias) + residual : act(sum + bias + residual)
///
/// Bias (one number for each output channel) and residual (the output's own shape) are optional inputs of the
/// operator, after its weights: inputs = {x, weights, bias or kNoValue, residual or kNoValue}. Trailing
/// absent inputs may be left out altogether.
struct Epilogue {
  Activation activation;
  bool residual_last = false;

  void attributes(AttributeVisitor& v) {
    activation.attributes(v);
    v("residual_last", residual_last);
  }
  friend bool operator==(const Epilogue&, const Epilogue&) = default;
};

}  // namespace vivace
