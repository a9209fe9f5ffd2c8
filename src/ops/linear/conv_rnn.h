// A convolutional LSTM in one direction, after the convolution of its input.
#pragma once

#include "ops/common/activation.h"
#include "ops/common/op_base.h"

namespace vivace {

/// inputs: gates [B,T,spatial...,4F], what the input adds to the gates of each step (its convolution and the
///         bias); recurrent [kernel...,F,4F]; mask, boolean [B,T] or [B,T,spatial...]; h0, c0
///         [B,spatial...,F] (mask and what follows optional).
/// outputs: sequence [B,T,spatial...,F] (the state after each step), h and c [B,spatial...,F].
///
/// At every step z = gates + conv(h, recurrent) with stride 1 and padding `same`; its quarters are i, f, c, o
/// as in Rnn's lstm: c = f c + i act(.);  h = o act(c). `reverse`, the mask and zero_output_for_mask are
/// Rnn's; a mask with spatial axes holds for each place.
struct ConvRnn : OpBase<ConvRnn> {
  static constexpr std::string_view kName = "conv_rnn";
  Activation activation{UnaryKind::tanh};
  Activation recurrent_activation{UnaryKind::sigmoid};
  bool reverse = false;
  bool zero_output_for_mask = false;

  void attributes(AttributeVisitor& v) {
    activation.attributes(v);
    visit_enum(v, "recurrent_activation", recurrent_activation.kind, kUnaryNames);
    v("recurrent_alpha", recurrent_activation.alpha);
    v("recurrent_beta", recurrent_activation.beta);
    v("reverse", reverse);
    v("zero_output_for_mask", zero_output_for_mask);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
