// An LSTM with all that TensorFlow Lite knows: peepholes, projection, normalised gates, bounds.
#pragma once

#include "ops/common/activation.h"
#include "ops/common/op_base.h"

namespace vivace {

/// inputs: as ops/common/recurrent/lstm_inputs.h numbers them, float32.
/// outputs: sequence [B,T,O] (the state after each step), state [B,O], cell [B,C].
///
/// Each gate is sigmoid, that of the cell `activation`, of
///   kernel x + recurrent h + peephole c + bias        (no peephole in the cell's gate; the output's sees the
///                                                      new cell)
/// or, with norms, of norm (that without bias, less its mean, / its deviation) + bias. Then
///   c = forget c + input cell_gate, within cell_clip;  h = output activation(c), and with a projection
///   h = projection h + bias, within projection_clip.
/// A bound of 0 is none. Without an input gate it is 1 - forget. `reverse` runs from the last step to the
/// first. Rnn is the plain one, with kernels of its own.
///
/// With weight_scales it is of TensorFlow Lite's dynamic range: kernels, recurrent weights, peepholes and
/// projection are int8, and what meets them is made int8 by itself at every step, as DynamicQuantize does.
struct FullLstm : OpBase<FullLstm> {
  static constexpr std::string_view kName = "full_lstm";
  Activation activation{UnaryKind::tanh};
  double cell_clip = 0, projection_clip = 0;
  bool reverse = false;
  std::vector<double> weight_scales;  // of inputs 1 to 11 and of the projection; empty for weights of float32
  bool asymmetric = false;            // whether what meets them gets a zero point

  void attributes(AttributeVisitor& v) {
    activation.attributes(v);
    v("cell_clip", cell_clip);
    v("projection_clip", projection_clip);
    v("reverse", reverse);
    v("weight_scales", weight_scales);
    v("asymmetric", asymmetric);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
