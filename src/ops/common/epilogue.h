// What a matrix-like operator (MatMul, Conv, ConvTranspose) does to its sums before it stores them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "graph/op.h"
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

/// infer()'s check of bias and residual, inputs 2 and 3, against the output.
Status require_epilogue(std::string_view op, std::span<const Fact> inputs, const Fact& output);

/// What the epilogue adds to an operator's flops.
double flops_of(const Epilogue& epilogue, std::span<const Fact> inputs, const Fact& output);

/// The epilogue of one evaluation: stores rows of finished sums.
class EpilogueReference {
 public:
  EpilogueReference(const Epilogue& epilogue, std::span<const TensorView> inputs,
                    const MutableTensorView& output);

  /// Ends the sums of one place: `sums` has one number a channel; `first` is the element index of channel 0.
  void store_row(std::span<const double> sums, std::int64_t first) const;

 private:
  const Epilogue& epilogue_;
  std::vector<double> bias_;
  TensorView residual_;
  MutableTensorView output_;
};

}  // namespace vivace
