// What the LSTM operators of TensorFlow Lite's full kind share: which input is which, and how large each is.
#pragma once

#include <span>
#include <string_view>

#include "graph/op.h"

namespace vivace::lstm {

/// Gates in the order of the file: input, forget, cell, output.
using Gate = std::size_t;
inline constexpr Gate kInputGate = 0, kForgetGate = 1, kCellGate = 2, kOutputGate = 3, kGates = 4;

/// The first of each group of inputs; of kernels, recurrent weights, biases and norms there is one a gate, of
/// peepholes one for the input, forget and output gate.
enum Input : std::size_t {
  kX,                // [B, T, I]
  kKernels,          // [C, I]
  kRecurrent = 5,    // [C, O]
  kPeepholes = 9,    // [C]
  kBiases = 12,      // [C]
  kProjection = 16,  // [O, C]
  kProjectionBias,   // [O]
  kHidden,           // [B, O]: the state
  kCell,             // [B, C]
  kNorms,            // [C]: factors of the normalised gates
  kInputs = kNorms + kGates
};

struct Types {
  DType x, weights, peepholes, biases, cell, norms;
};

/// Without kernel and recurrent weights of the input gate, that gate is 1 - the forget gate, and what else
/// belongs to it is left out. Peepholes and norms are all there or none; without a projection O is C.
/// Errors: op.inputs, op.rank, op.dtype, op.shape.
Status require_inputs(std::string_view op, std::span<const Fact> inputs, const Types& types);
/// The sequence [B, T, O], and the states [B, O] and [B, C].
std::vector<Fact> outputs(std::span<const Fact> inputs, const Types& types);

/// Which of these parts there are.
struct Parts {
  bool input_gate, peepholes, projection, norms;
};
Parts parts(std::span<const TensorView> inputs);
/// Multiplications and additions of one step of one sequence.
double flops_of_step(std::span<const Fact> inputs);

}  // namespace vivace::lstm
