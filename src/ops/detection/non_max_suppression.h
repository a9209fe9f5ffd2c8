// The best boxes that do not cover each other.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs, float32: boxes [N, 4] (two corners, y before x, in any order) and scores [N].
/// outputs: places [most] (int32), scores [most] (float32), and how many there are (int32, no axes); the rest
/// is zeros.
///
/// Candidates score above score_threshold and are taken from the best on, unless they share overlap_threshold
/// or more with one that was taken. With a sigma above 0 what they share lowers their score, by
/// exp(-share^2 / (2 sigma)) each, and they wait for their turn again: TensorFlow's soft suppression.
struct NonMaxSuppression : OpBase<NonMaxSuppression> {
  static constexpr std::string_view kName = "non_max_suppression";
  std::int64_t most = 1;
  double overlap_threshold = 0.5, score_threshold = 0, sigma = 0;

  void attributes(AttributeVisitor& v) {
    v("most", most);
    v("overlap_threshold", overlap_threshold);
    v("score_threshold", score_threshold);
    v("sigma", sigma);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
