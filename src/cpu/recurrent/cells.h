// What recurrent cells do to the sums of their gates, one sequence at a time.
#pragma once

#include "cpu/elementwise/functions.h"
#include "ops/linear/rnn.h"

namespace vivace::cpu {

/// A cell's functions and its number of units.
struct Cell {
  kernels::KernelFunction<kernels::Map> run;
  kernels::Map activation, gate;
  std::int64_t units;

  Cell(const Rnn& op, std::int64_t unit_count, kernels::Isa isa)
      : run(kernels::pick(kernels::map, isa)),
        activation(map_of(op.activation)),
        gate(map_of(op.recurrent_activation)),
        units(unit_count) {}

  void apply(const kernels::Map& function, const float* x, float* y, std::int64_t count) const {
    kernels::Map p = function;
    p.x = x;
    p.y = y;
    p.count = static_cast<std::size_t>(count);
    run(p);
  }

  /// gates: i, f, c, o, finished sums; spoiled. `spare` has `units` numbers.
  void lstm(float* gates, float* c, float* h, float* spare) const;
  void simple(const float* gates, float* h) const { apply(activation, gates, h, units); }
  /// The reset after the product: x and hr are the sums of z, r, h from the input and from the state.
  void gru_after(const float* x, float* hr, float* h) const;
  /// The reset before it: gates z, r become what they let through, and reset = r h.
  void gru_gates(float* gates, const float* h, float* reset) const;
  /// `proposed` are the sums of the new state; spoiled.
  void gru_state(const float* update, float* proposed, float* h) const;
};

}  // namespace vivace::cpu
