// Features of an int8 input, remembered in 16 bits for some steps and summed over time.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace {

/// inputs: x int8 [B, I]; features int8 [F, I]; times int16 [F, M]; memory int16 [B, F M]; bias int32 [F /
/// rank], optional. outputs: y int8 [B, F / rank], and the memory after the call.
///
/// The memory of each feature moves on by one place and takes in features (x - input_zero) times
/// feature_factor, saturated to 16 bits; y is the end of the sums of `rank` neighbouring features over time
/// and of the bias, all in 32 bits, as TensorFlow Lite's integer kernel computes them.
struct QSvdf : OpBase<QSvdf> {
  static constexpr std::string_view kName = "q_svdf";
  std::int64_t input_zero = 0, rank = 1;
  double feature_factor = 1;
  Requantisation end;

  void attributes(AttributeVisitor& v) {
    v("input_zero", input_zero);
    v("rank", rank);
    v("feature_factor", feature_factor);
    end.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
