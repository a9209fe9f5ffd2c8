// What recurrent layers share: their states are variable tensors, which live on from call to call.
#pragma once

#include "import/tflite/operators/families.h"

namespace vivace::tflite {

/// The inputs of one direction of an LSTM, by number. kernels, recurrent, biases and norms are one a gate,
/// peepholes three; the projection's bias stands behind it. norms is 0 where there are none.
struct Lstm {
  std::size_t kernels, recurrent, peepholes, biases, projection, hidden, cell, norms;
  bool reverse = false;
};
inline constexpr Lstm kForwardLstm{1, 5, 9, 12, 16, 18, 19, 20};

/// A state's value now; import.config where input i is none.
ValueId state(Call& call, std::size_t i);
/// What a state is from here on, in this call and at the start of the next.
void keep(Call& call, std::size_t i, ValueId now);
/// Batch and time exchanged where time comes first.
ValueId turned(Call& call, ValueId x, bool time_major, std::string_view step);
/// The inputs of FullLstm and QLstm: of weights what `weight` makes of an input.
std::vector<ValueId> lstm_inputs(Call& call, ValueId x, const Lstm& at,
                                 ValueId (*weight)(Call&, std::size_t));
/// The sequence of a node of an LSTM, after its states are kept.
ValueId lstm_outputs(Call& call, const Lstm& at, const std::vector<ValueId>& made);

}  // namespace vivace::tflite
