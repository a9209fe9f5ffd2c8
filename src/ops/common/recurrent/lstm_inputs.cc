#include "ops/common/recurrent/lstm_inputs.h"

#include <array>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace::lstm {
namespace {

bool all_or_none(std::span<const Fact> inputs, std::size_t first, std::size_t count, bool from_second) {
  const std::size_t begin = first + (from_second ? 1 : 0);
  bool any = false, all = true;
  for (std::size_t i = first; i < first + count; ++i) any |= given(inputs, i);
  for (std::size_t i = begin; i < first + count; ++i) all &= given(inputs, i);
  return !any || (all && given(inputs, first) != from_second);
}

// Which inputs belong together.
Status require_groups(std::string_view op, std::span<const Fact> inputs) {
  const bool coupled = !given(inputs, kKernels);
  for (std::size_t gate = kInputGate; gate < kGates; ++gate) {
    const bool wanted = gate != kInputGate || !coupled;
    for (const std::size_t first : {kKernels, kRecurrent, kBiases})
      if (given(inputs, first + gate) != wanted)
        return inputs_error(
            op, text("input {} is {}", first + gate, wanted ? "left out" : "there, but its gate is not"));
  }
  if (!all_or_none(inputs, kPeepholes, 3, coupled) || !all_or_none(inputs, kNorms, kGates, coupled))
    return inputs_error(op, "some of its peepholes or norms are left out");
  if (given(inputs, kProjectionBias) && !given(inputs, kProjection))
    return inputs_error(op, "it has the bias of a projection that is not there");
  if (!given(inputs, kHidden) || !given(inputs, kCell)) return inputs_error(op, "its states are left out");
  return {};
}

struct Wanted {
  DType dtype;
  Dims dims;
};

// Type and sizes of every input.
std::array<Wanted, kInputs> wanted(std::span<const Fact> inputs, const Types& types) {
  const Dims& x = inputs[kX].dims;
  const Dims& recurrent = inputs[kRecurrent + kOutputGate].dims;
  const Dim &cells = recurrent[0], &out = recurrent[1];
  std::array<Wanted, kInputs> all;
  const auto fill = [&](std::size_t first, std::size_t count, DType dtype, const Dims& dims) {
    for (std::size_t i = first; i < first + count; ++i) all[i] = {dtype, dims};
  };
  all[kX] = {types.x, x};
  fill(kKernels, kGates, types.weights, {cells, x[2]});
  fill(kRecurrent, kGates, types.weights, {cells, out});
  fill(kPeepholes, 3, types.peepholes, {cells});
  fill(kBiases, kGates, types.biases, {cells});
  fill(kNorms, kGates, types.norms, {cells});
  all[kProjection] = {types.weights, {out, cells}};
  all[kProjectionBias] = {types.biases, {out}};
  all[kHidden] = {types.x, {x[0], out}};
  all[kCell] = {types.cell, {x[0], cells}};
  return all;
}

}  // namespace

Status require_inputs(std::string_view op, std::span<const Fact> inputs, const Types& types) {
  VIVACE_CHECK_OK(vivace::require_inputs(op, inputs, 1, kInputs));
  VIVACE_CHECK_OK(require_groups(op, inputs));
  VIVACE_CHECK_OK(require_rank(op, "x", inputs[kX], 3, 3));
  VIVACE_CHECK_OK(require_rank(op, "the recurrent weights", inputs[kRecurrent + kOutputGate], 2, 2));
  const auto want = wanted(inputs, types);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!given(inputs, i)) continue;
    const std::string name = text("input {}", i);
    VIVACE_CHECK_OK(require_dtype(op, name, inputs[i], want[i].dtype));
    VIVACE_CHECK_OK(require_dims(op, name, inputs[i], want[i].dims));
  }
  const Dims& recurrent = inputs[kRecurrent + kOutputGate].dims;
  if (!given(inputs, kProjection) && !may_equal(recurrent[0], recurrent[1]))
    return shape_error(op, text("{} cells give a state of {} without a projection", to_text({recurrent[0]}),
                                to_text({recurrent[1]})));
  return {};
}

std::vector<Fact> outputs(std::span<const Fact> inputs, const Types& types) {
  const Dims &x = inputs[kX].dims, &recurrent = inputs[kRecurrent + kOutputGate].dims;
  return {Fact::tensor(types.x, {x[0], x[1], recurrent[1]}), Fact::tensor(types.x, {x[0], recurrent[1]}),
          Fact::tensor(types.cell, {x[0], recurrent[0]})};
}

Parts parts(std::span<const TensorView> inputs) {
  return {given(inputs, kKernels), given(inputs, kPeepholes + 2), given(inputs, kProjection),
          given(inputs, kNorms + kOutputGate)};
}

double flops_of_step(std::span<const Fact> inputs) {
  double weights = 0;
  for (std::size_t i = kKernels; i < kPeepholes; ++i)
    if (given(inputs, i)) weights += elements_of(inputs[i]);
  if (given(inputs, kProjection)) weights += elements_of(inputs[kProjection]);
  return 2 * weights + 5 * kTranscendentalFlops * elements_of(Dims{inputs[kRecurrent + kOutputGate].dims[0]});
}

}  // namespace vivace::lstm
