// Scaled dot-product attention with heads where projections leave them: no transposes.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[b,t,h,:] = sum_s softmax_s(scale q[b,t,h,:].k[b,s,g,:] + bias(mask)) v[b,s,g,:],  g = h / (H / G)
///
/// inputs: q [B,T,H,D]; k [B,S,G,D]; v [B,S,G,E]; mask, optional, broadcastable to [B,H,T,S]: boolean (false
/// is left out) or float (added to the scores). G divides H (grouped queries; G = H ordinarily).
/// outputs: y [B,T,H,E]; with return_scores also the softmax [B,H,T,S].
/// Left-out places get the score `masked_score` (-1e9 in Keras; -3e4 in float16), not -infinity, so that a
/// row with nothing left is uniform, as in Keras: add = score + (1 - mask) * masked_score where
/// `additive_mask`, otherwise the score is replaced. The sum is rounded to the type of q, which swallows the
/// score, as in Keras. `zero_masked` makes the weights of left-out places 0 after the softmax, so that a row
/// with nothing left is zeros (the Softmax layer of Keras 3). `causal` leaves out s > t.
struct Attention : OpBase<Attention> {
  static constexpr std::string_view kName = "attention";
  double scale = 1;
  bool causal = false;
  bool return_scores = false;
  bool additive_mask = true;
  bool zero_masked = false;
  double masked_score = -1e9;

  void attributes(AttributeVisitor& v) {
    v("scale", scale);
    v("causal", causal);
    v("return_scores", return_scores);
    v("additive_mask", additive_mask);
    v("zero_masked", zero_masked);
    v("masked_score", masked_score);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
