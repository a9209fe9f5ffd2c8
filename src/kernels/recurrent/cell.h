// Recurrent cells, one step of one sequence.
#pragma once

#include <cstddef>

#include "kernels/isa.h"

namespace vivace::kernels {

/// One step with the functions that nearly all networks use, sigmoid for the gates and tanh for the state:
///   lstm  i, f, g, o = x + h R:             c = f c + i g;  next = o tanh(c)
///   gru   z, r = x + (h R + bias), reset after the product:
///         hh = tanh(x_h + r (h R_h + b_h)); next = z h + (1 - z) hh
/// Each sum is made in ascending order, as a Gemm does: the same bits as the product and the functions one
/// by one.
struct RecurrentCell {
  const float* x;        // [gates units]: what the input gives; lstm: with the bias
  const float* weights;  // R [units, gates units], by 16 columns
  const float* bias;     // gru: [3 units], or null
  const float* h;        // [units]
  float* next;           // [units]; must not overlap h
  float* c;              // lstm: [units], becomes the new one
  std::size_t units;     // a multiple of 16
  // Blocks of 16 units whose new state is wanted.
  std::size_t block_begin, block_end;
  // Whether the weights are read from the last unit to the first: where they just outgrow a cache, every
  // other step the other way round finds the greater part of them still there.
  bool backwards;
  // Floats from 16 columns of one gate to the next 16, to those of the next gate, and to the next row: all
  // gates beside one another are one stream, where panels would be a stream for each 16 columns.
  std::size_t block_step, gate_step, row_step;
};

/// The steps of pack_panels16, and of pack_cell.
constexpr void step_by_panels(RecurrentCell& p) {
  p.block_step = p.units * 16, p.gate_step = p.units * p.units, p.row_step = 16;
}
constexpr void step_by_cells(RecurrentCell& p, std::size_t gates) {
  p.block_step = p.units * gates * 16, p.gate_step = 16, p.row_step = gates * 16;
}

/// R [units, gates units] as [units / 16][units][gates][16]; units are a multiple of 16.
void pack_cell(const float* weights, std::size_t units, std::size_t gates, float* into) noexcept;

VIVACE_KERNEL(lstm_cell, RecurrentCell);
VIVACE_KERNEL(gru_cell, RecurrentCell);

}  // namespace vivace::kernels
