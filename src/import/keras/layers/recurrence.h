// What the recurrent layers have in common: where states come from and go to, masks, direction, and what is
// returned.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

/// A call of a recurrent layer, in the order in which the engine runs it: batch first, whatever time_major
/// says.
struct Recurrence {
  ValueId x = kNoValue;         // [B,T,...]
  ValueId mask = kNoValue;      // boolean [B,T] or, for ConvLSTM, [B,T,spatial...]
  std::vector<ValueId> states;  // all that the cells start with, or empty: zeros
  bool backwards = false;
  bool zero_output = false;  // of the steps where the mask is false
  bool zero_late = false;    // the same, for the whole sequence at its end: see finish()
};

/// What the cells made of it.
struct Steps {
  ValueId sequence = kNoValue;  // the last cell's output: step t at place t
  ValueId last = kNoValue;      // its state after the last step
  std::vector<ValueId> states;  // of all cells
};

/// Input, mask and direction of the call; `rank` axes are wanted.
Recurrence begin_recurrence(Call& call, std::int64_t rank);
/// The mask with which a sequence is handed on: the argument, or the one that came with the input.
ValueId sequence_mask(Call& call);
/// The mask that a recurrent layer obeys. Keras 3 does not see the one that came with the input where
/// initial_state is an argument too.
ValueId running_mask(Call& call);
/// Fills run.states: from the call, or where the layer keeps its state from the call before. `sizes` has an
/// entry a state: its sizes after the batch.
void start_states(Call& call, Recurrence& run, const std::vector<Sizes>& sizes);
/// Keeps the states of a stateful layer, and gives the call its outputs.
void finish(Call& call, const Recurrence& run, const Steps& steps);

/// The states with which the layer is called: further inputs (Keras 2), or the argument `key`. Nested lists
/// are flattened, which is the order of the cells.
std::vector<ValueId> given_states(Call& call, std::string_view key = "initial_state");

}  // namespace vivace::keras
