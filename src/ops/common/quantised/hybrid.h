// The end of hybrid operators: sums of 8-bit products as float32, by a scale found for each row when run.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "graph/op.h"

namespace vivace {

/// y = bias + sum times the row's scale times the weights' scale, in float32 with a rounding after each step.
/// Inputs of the operator: {q, weights, scales, zeros, bias or none}; scales and zeros have one number for
/// each place of the leading axes.
struct HybridEnd {
  std::vector<double> weights_scales = {1};  // one, or one for each output channel
  /// The sum is multiplied by the weights' scale first, then by the row's; else by their product.
  bool weights_scale_first = false;

  void attributes(AttributeVisitor& v);
};

/// q and weights are int8, the scales positive, as many as `channels` or one; scales, zeros and bias fit.
/// op.*
Status require_hybrid(std::string_view op, const HybridEnd& end, std::span<const Fact> inputs,
                      const Dims& rows, const Dim& channels);

/// Stores rows of finished sums.
class HybridReference {
 public:
  HybridReference(const HybridEnd& end, std::span<const TensorView> inputs, const MutableTensorView& y);
  /// Sums of row `row`, one a channel; `first` is the element index of channel 0.
  void store_row(std::span<const std::uint32_t> sums, std::int64_t row, std::int64_t first) const;

 private:
  bool weights_scale_first_;
  std::vector<float> weights_scales_, bias_;
  const float* row_scales_;
  float* y_;
};

/// The integers of q less the zero point of their row.
std::vector<std::int32_t> load_rows_less_zero(const TensorView& q, const TensorView& zeros);

}  // namespace vivace
