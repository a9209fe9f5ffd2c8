// An LSTM of int8 activations and weights, with a cell and gates of 16 bits.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// inputs: as ops/common/recurrent/lstm_inputs.h numbers them: x, weights and state int8, peepholes, norms
/// and cell int16, biases int32. outputs: sequence [B,T,O] and state [B,O] of int8, cell [B,C] of int16.
///
/// The arithmetic is TensorFlow Lite's with a cell of 16 bits: the sums of kernel and recurrent weights are
/// each rounded to a gate of 3 integer bits (with norms: of the scale that the file gives) and added with
/// saturation; sigmoid and tanh are polynomials of 16 bits; the cell is a number times 2^cell_exponent. The
/// factors are real, in the order input, forget, cell, output gate (peepholes: input, forget, output), and
/// bounds are in the integers that they bound, 0 for none. `reverse` runs from the last step to the first.
struct QLstm : OpBase<QLstm> {
  static constexpr std::string_view kName = "q_lstm";
  std::int64_t input_zero = 0, state_zero = 0, hidden_zero = 0;
  std::vector<double> kernel_factors{1, 1, 1, 1}, recurrent_factors{1, 1, 1, 1};
  std::vector<double> peephole_factors{1, 1, 1}, norm_factors{1, 1, 1, 1};
  double hidden_factor = 0x1p-22;  // of what the cell shows, two factors of 15 bits, to the state's scale
  double projection_factor = 1;    // of the projection's sums
  std::int64_t cell_exponent = -12;
  std::int64_t cell_clip = 0, projection_clip = 0;
  bool reverse = false;

  void attributes(AttributeVisitor& v) {
    v("input_zero", input_zero);
    v("state_zero", state_zero);
    v("hidden_zero", hidden_zero);
    v("kernel_factors", kernel_factors);
    v("recurrent_factors", recurrent_factors);
    v("peephole_factors", peephole_factors);
    v("norm_factors", norm_factors);
    v("hidden_factor", hidden_factor);
    v("projection_factor", projection_factor);
    v("cell_exponent", cell_exponent);
    v("cell_clip", cell_clip);
    v("projection_clip", projection_clip);
    v("reverse", reverse);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
