// One recurrent layer in one direction: LSTM, GRU or the simple cell.
#pragma once

#include "ops/common/activation.h"
#include "ops/common/op_base.h"

namespace vivace {

/// inputs: x [B,T,I]; kernel [I, G U]; recurrent [U, G U]; bias; mask [B,T] boolean; h0 [B,U]; c0 [B,U]
///         (bias and what follows optional).
/// outputs: sequence [B,T,U] (the state after each step), h [B,U], and for LSTM c [B,U].
///
/// Gates, in Keras's order along the last axis (G = 4, 3, 1):
///   lstm    i, f, c, o:  c = f c + i act(.);  h = o act(c)
///   gru     z, r, h:     h = z h + (1 - z) hh;  reset_after: hh = act(x_h + r (h R_h + b_r)), else
///                        hh = act(x_h + (r h) R_h)
///   simple  h = act(x W + h R + b)
/// bias: lstm [4U]; simple [U]; gru [3U], or [2,3U] (input row, recurrent row) with reset_after.
/// `reverse` runs from the last step to the first; the sequence stays in x's order (step t's state at t).
/// Where the mask is false the state is carried on and the sequence repeats the previous output (zeros before
/// the first), or is zero with zero_output_for_mask.
struct Rnn : OpBase<Rnn> {
  enum class Cell : std::uint32_t { lstm, gru, simple };
  static constexpr std::string_view kName = "rnn";
  static constexpr std::string_view kCells[] = {"lstm", "gru", "simple"};
  Cell cell = Cell::lstm;
  Activation activation{UnaryKind::tanh};
  Activation recurrent_activation{UnaryKind::sigmoid};
  bool reverse = false;
  bool reset_after = false;
  bool zero_output_for_mask = false;

  std::int64_t gates() const { return cell == Cell::lstm ? 4 : cell == Cell::gru ? 3 : 1; }
  void attributes(AttributeVisitor& v) {
    visit_enum(v, "cell", cell, kCells);
    activation.attributes(v);
    visit_enum(v, "recurrent_activation", recurrent_activation.kind, kUnaryNames);
    v("recurrent_alpha", recurrent_activation.alpha);
    v("recurrent_beta", recurrent_activation.beta);
    v("reverse", reverse);
    v("reset_after", reset_after);
    v("zero_output_for_mask", zero_output_for_mask);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
