// Computes now what does not depend on any input.
//
//   op(constants...) -> y      becomes      constant -> y
#include "passes/pass.h"

namespace vivace {
namespace {

// Larger results stay operators: the file would grow by what a run computes in no time.
constexpr std::size_t kLargestBytes = std::size_t{64} << 20;

}  // namespace

std::optional<Patch> fold_constants(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  std::vector<TensorView> inputs;
  for (const ValueId input : node.inputs) {
    if (input != kNoValue && !graph.constant(input)) return std::nullopt;
    inputs.push_back(input == kNoValue ? TensorView{} : graph.constant(input)->tensor());
  }
  if (inputs.empty()) return std::nullopt;
  std::vector<Tensor> results;
  for (const ValueId output : node.outputs) {
    const auto dims = numbers(graph.value(output).dims);
    if (!dims) return std::nullopt;
    results.emplace_back(graph.value(output).dtype, *dims);
    if (results.back().bytes() > kLargestBytes) return std::nullopt;
  }
  std::vector<MutableTensorView> outputs;
  for (Tensor& result : results) outputs.push_back(result.view());
  if (!node.op->evaluate(inputs, outputs).ok()) return std::nullopt;  // fails when run, with the run's error

  Patch patch("fold_constants", id);
  for (std::size_t k = 0; k < results.size(); ++k)
    patch.replace(node.outputs[k], patch.constant(std::move(results[k]), node.name));
  return patch;
}

}  // namespace vivace
