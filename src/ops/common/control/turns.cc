#include "ops/common/control/turns.h"

#include <algorithm>

#include "ops/common/reference.h"
#include "ops/elementwise/binary.h"

namespace vivace {
namespace {

using Kind = Binary::Kind;

// An integer that is known: the one element of a tensor.
std::optional<std::int64_t> known(const TensorView* tensor) {
  if (!tensor || is_float(tensor->dtype) || tensor->count() != 1) return std::nullopt;
  const std::int64_t number = load_integer(*tensor, 0);
  constexpr std::int64_t kFar = std::int64_t{1} << 40;
  return number > kFar || number < -kFar ? std::nullopt : std::optional(number);
}

class Counter {
 public:
  Counter(const While& op, std::span<const Fact> inputs) : op_(op), inputs_(inputs) {}

  std::optional<std::int64_t> turns(ValueId holds, int depth = 0) const {
    const Graph& graph = op_.condition();
    const auto* const test = graph.as<Binary>(graph.producer(holds));
    if (!test || depth > kDeepestTests) return std::nullopt;
    const std::vector<ValueId>& sides = graph.node(graph.producer(holds)).inputs;
    if (test->kind == Kind::logical_and) {
      const auto a = turns(sides[0], depth + 1), b = turns(sides[1], depth + 1);
      return a && b ? std::min(*a, *b) : a ? a : b;
    }
    if (test->kind != Kind::less && test->kind != Kind::less_equal) return std::nullopt;
    const auto counter = input_of(graph, sides[0]);
    const auto end = number(graph, sides[1]),
               start = counter ? known(inputs_[*counter].constant) : std::nullopt;
    const auto step = counter ? step_of(*counter) : std::nullopt;
    if (!end || !start || !step || *step < 1) return std::nullopt;
    const std::int64_t span = *end - *start + (test->kind == Kind::less_equal ? 1 : 0);
    return std::clamp<std::int64_t>((span + *step - 1) / *step, 0, kMostTurns);
  }

 private:
  static constexpr int kDeepestTests = 4;

  static std::optional<std::size_t> input_of(const Graph& graph, ValueId value) {
    const auto found = std::ranges::find(graph.inputs(), value);
    if (found == graph.inputs().end()) return std::nullopt;
    return static_cast<std::size_t>(found - graph.inputs().begin());
  }

  // A constant of the body, or what every turn is given alike.
  std::optional<std::int64_t> number(const Graph& graph, ValueId value) const {
    if (const Constant* const constant = graph.constant(value))
      return constant->is_later() ? std::nullopt : known(&constant->tensor());
    const auto input = input_of(graph, value);
    if (!input || std::ranges::find(op_.carries, static_cast<std::int64_t>(*input)) != op_.carries.end())
      return std::nullopt;
    return known(inputs_[*input].constant);
  }

  // What a turn adds to an input.
  std::optional<std::int64_t> step_of(std::size_t input) const {
    const auto carried = std::ranges::find(op_.carries, static_cast<std::int64_t>(input));
    if (carried == op_.carries.end()) return std::nullopt;
    const Graph& body = op_.body();
    const ValueId next = body.outputs()[static_cast<std::size_t>(carried - op_.carries.begin())];
    const auto* const sum = body.as<Binary>(body.producer(next));
    if (!sum || sum->kind != Kind::add || !sum->activation.none()) return std::nullopt;
    const std::vector<ValueId>& terms = body.node(body.producer(next)).inputs;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}})
      if (input_of(body, terms[side]) == input) return number(body, terms[1 - side]);
    return std::nullopt;
  }

  const While& op_;
  std::span<const Fact> inputs_;
};

}  // namespace

std::optional<std::int64_t> counted_turns(const While& op, std::span<const Fact> inputs) {
  return Counter(op, inputs).turns(op.condition().outputs()[0]);
}

}  // namespace vivace
