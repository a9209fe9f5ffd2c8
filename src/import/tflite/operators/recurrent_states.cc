#include "base/text.h"
#include "import/tflite/operators/recurrent.h"
#include "ops/common/recurrent/lstm_inputs.h"

namespace vivace::tflite {

ValueId state(Call& call, std::size_t i) {
  if (!call.failed() && (!call.has(i) || !call.tensor(i).variable))
    call.mistake(text("input {} is no state", i));
  return call.input(i);
}

void keep(Call& call, std::size_t i, ValueId now) {
  if (call.failed()) return;
  const std::int32_t tensor = call.op().inputs[i];
  call.builder().assign_variable(call.builder().variable(text("tensor {} {}", call.scope().subgraph, tensor)),
                                 now);
  call.scope().values[static_cast<std::size_t>(tensor)] = now;
}

ValueId turned(Call& call, ValueId x, bool time_major, std::string_view step) {
  return time_major ? call.transpose(x, {1, 0, 2}, step) : x;
}

std::vector<ValueId> lstm_inputs(Call& call, ValueId x, const Lstm& at,
                                 ValueId (*weight)(Call&, std::size_t)) {
  std::vector<ValueId> inputs(lstm::kInputs, kNoValue);
  const auto fill = [&](std::size_t to, std::size_t from, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) inputs[to + i] = weight(call, from + i);
  };
  inputs[lstm::kX] = x;
  fill(lstm::kKernels, at.kernels, lstm::kGates);
  fill(lstm::kRecurrent, at.recurrent, lstm::kGates);
  fill(lstm::kPeepholes, at.peepholes, 3);
  fill(lstm::kBiases, at.biases, lstm::kGates);
  fill(lstm::kProjection, at.projection, 2);
  if (at.norms != 0) fill(lstm::kNorms, at.norms, lstm::kGates);
  inputs[lstm::kHidden] = state(call, at.hidden);
  inputs[lstm::kCell] = state(call, at.cell);
  // What belongs to an input gate that is not there, a file may still hold.
  if (inputs[lstm::kKernels] == kNoValue)
    for (const std::size_t i : {lstm::kPeepholes, lstm::kBiases, lstm::kNorms}) inputs[i] = kNoValue;
  return inputs;
}

ValueId lstm_outputs(Call& call, const Lstm& at, const std::vector<ValueId>& made) {
  if (made.size() != 3) return kNoValue;
  keep(call, at.hidden, made[1]);
  keep(call, at.cell, made[2]);
  return made[0];
}

}  // namespace vivace::tflite
