#include "ops/elementwise/tape.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/elementwise/binary.h"

namespace vivace {
namespace {

// Longer than any chain of layers; bounds what a damaged file can make us keep in registers.
constexpr std::size_t kMostInstructions = 1024;
constexpr std::size_t kMostInputs = 256;

struct Instruction {
  bool is_binary;
  std::int64_t kind, left, right;
};

Instruction instruction(const Tape& tape, std::size_t i) {
  const std::int64_t* c = &tape.code[4 * i];
  return {c[0] != 0, c[1], c[2], c[3]};
}

Status check_instruction(const Tape& tape, std::size_t i, std::size_t inputs) {
  const auto registers = static_cast<std::int64_t>(inputs + i);
  const auto binary_kinds = static_cast<std::int64_t>(std::size(Binary::kKinds));
  const auto [is_binary, kind, left, right] = instruction(tape, i);
  VIVACE_CHECK_OK(require_number(tape.kName, "code", tape.code[4 * i], 0, 1));
  VIVACE_CHECK_OK(
      require_number(tape.kName, "code", kind, 0,
                     is_binary ? binary_kinds - 1 : static_cast<std::int64_t>(UnaryKind::logical_not) - 1));
  VIVACE_CHECK_OK(require_number(tape.kName, "code", left, 0, registers - 1));
  VIVACE_CHECK_OK(require_number(tape.kName, "code", right, 0, is_binary ? registers - 1 : 0));
  Binary binary;
  binary.kind = static_cast<Binary::Kind>(kind);
  if (is_binary && binary.gives_truth())
    return attribute_error(tape.kName, text("instruction {} gives truth, not a number", i));
  return {};
}

Status check_code(const Tape& tape, std::size_t inputs) {
  const std::size_t count = tape.code.size() / 4;
  if (tape.code.size() % 4 != 0 || count == 0 || count > kMostInstructions)
    return attribute_error(tape.kName, text("code has {} numbers, needs four an instruction, for 1 to {}",
                                            tape.code.size(), kMostInstructions));
  if (tape.parameters.size() != 2 * count)
    return attribute_error(tape.kName,
                           text("parameters has {} numbers, needs two for each of {} instructions",
                                tape.parameters.size(), count));
  for (std::size_t i = 0; i < count; ++i) VIVACE_CHECK_OK(check_instruction(tape, i, inputs));
  return {};
}

// The three shapes that an input beside the first may have.
bool fits(const Dims& dims, const Dims& output) {
  const bool alone = std::all_of(dims.begin(), dims.end(), [](const Dim& d) { return d == Dim(1); });
  if (alone && dims.size() <= output.size()) return true;
  if (dims.size() == 1 && !output.empty()) return may_equal(dims[0], output.back());
  return dims.size() == output.size() && std::equal(dims.begin(), dims.end(), output.begin(), may_equal);
}

double run(const Tape& tape, std::vector<double>& registers, std::size_t inputs) {
  for (std::size_t i = 0; i < tape.code.size() / 4; ++i) {
    const auto [is_binary, kind, left, right] = instruction(tape, i);
    const double a = registers[static_cast<std::size_t>(left)],
                 b = registers[static_cast<std::size_t>(right)];
    registers[inputs + i] = is_binary
                                ? evaluate(static_cast<Binary::Kind>(kind), DType::f32, a, b)
                                : evaluate(Activation{static_cast<UnaryKind>(kind), tape.parameters[2 * i],
                                                      tape.parameters[2 * i + 1]},
                                           a);
  }
  return registers.back();
}

}  // namespace

Result<std::vector<Fact>> Tape::infer(std::span<const Fact> inputs) const {
  const std::size_t count = std::clamp<std::size_t>(inputs.size(), 1, kMostInputs);
  VIVACE_CHECK_OK(require_inputs(kName, inputs, count, count));
  for (const Fact& x : inputs) {
    VIVACE_CHECK_OK(require_dtype(kName, "an input", x, DType::f32));
    if (!fits(x.dims, inputs[0].dims))
      return shape_error(kName, text("an input is {}; must be {}, one number, or one a channel",
                                     to_text(x.dims), to_text(inputs[0].dims)));
  }
  VIVACE_CHECK_OK(check_code(*this, inputs.size()));
  return inferred(kName, {Fact::tensor(DType::f32, inputs[0].dims)});
}

Cost Tape::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  double flops = 0;
  for (std::size_t i = 0; i < code.size() / 4; ++i) {
    const Instruction step = instruction(*this, i);
    flops += step.is_binary ? flops_of(static_cast<Binary::Kind>(step.kind))
                            : flops_of(static_cast<UnaryKind>(step.kind));
  }
  return cost_of(flops * elements_of(outputs[0]), inputs, outputs);
}

Status Tape::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const MutableTensorView& y = outputs[0];
  std::vector<Shape> strides;
  for (const TensorView& x : inputs) strides.push_back(broadcast_strides(x.dims, y.dims));
  std::vector<double> registers(inputs.size() + code.size() / 4);
  const std::int64_t count = y.count();
  Walk walk(y.dims, {});
  for (std::int64_t i = 0; i < count; ++i, walk.next()) {
    for (std::size_t r = 0; r < inputs.size(); ++r) {
      std::int64_t offset = 0;
      for (std::size_t axis = 0; axis < y.dims.size(); ++axis)
        offset += walk.place()[axis] * strides[r][axis];
      registers[r] = load(inputs[r], offset);
    }
    store(y, i, run(*this, registers, inputs.size()));
  }
  return {};
}

}  // namespace vivace
