// Computes now what does not depend on any input's numbers.
//
//   op(constants...) -> y              becomes      constant -> y
//   shape_of(x of known sizes) -> y    becomes      constant -> y
#include <algorithm>

#include "base/checked.h"
#include "ops/indexing/shape_of.h"
#include "passes/pass.h"

namespace vivace {
namespace {

// A result may be this large, or as large as what it was made from: more would only swell the file with what
// a run makes in no time (zeros, repetitions).
constexpr std::size_t kAlwaysKept = std::size_t{1} << 20;

// The node's inputs where all are known; what it reads of them, for a shape_of, are the sizes.
std::optional<std::vector<TensorView>> known_inputs(const Graph& graph, NodeId id) {
  const std::vector<ValueId>& ids = graph.node(id).inputs;
  if (!std::all_of(ids.begin(), ids.end(), [&](ValueId v) { return v == kNoValue || graph.constant(v); }))
    return std::nullopt;
  std::vector<TensorView> inputs;
  for (const ValueId input : ids)
    inputs.push_back(input == kNoValue ? TensorView{} : graph.constant(input)->tensor());
  return inputs;
}

// Room for the node's outputs, at most `most` bytes each.
std::optional<std::vector<Tensor>> room_for_outputs(const Graph& graph, const Node& node, std::size_t most) {
  std::vector<Tensor> results;
  for (const ValueId output : node.outputs) {
    const Value& value = graph.value(output);
    const auto dims = numbers(value.dims);
    const auto count = dims ? checked_count(*dims) : std::nullopt;
    // A string is a pointer, which no file may hold.
    if (value.kind != ValueKind::tensor || value.dtype == DType::string || !count) return std::nullopt;
    if (static_cast<std::uint64_t>(*count) > most / size_of(value.dtype)) return std::nullopt;
    results.emplace_back(value.dtype, *dims);
  }
  return results;
}

Patch patch_of(const Node& node, NodeId id, std::vector<Tensor> results) {
  Patch patch("fold_constants", id);
  for (std::size_t k = 0; k < results.size(); ++k)
    patch.replace(node.outputs[k], patch.constant(std::move(results[k]), node.name));
  return patch;
}

}  // namespace

std::optional<Patch> fold_constants(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.empty() || !bodies_of(*node.op).empty()) return std::nullopt;  // a loop may be endless
  std::optional<Shape> sizes;
  if (graph.as<ShapeOf>(id)) sizes = numbers(graph.value(node.inputs[0]).dims);
  const auto inputs = sizes ? std::vector{TensorView{nullptr, graph.value(node.inputs[0]).dtype, *sizes}}
                            : known_inputs(graph, id);
  if (!inputs) return std::nullopt;
  std::size_t most = kAlwaysKept;
  for (const TensorView& input : *inputs)
    if (input.data) most = std::max(most, input.bytes());
  auto results = room_for_outputs(graph, node, most);
  if (!results) return std::nullopt;
  std::vector<MutableTensorView> outputs;
  for (Tensor& result : *results) outputs.push_back(result.view());
  if (!node.op->evaluate(*inputs, outputs).ok()) return std::nullopt;  // fails when run, with the run's error
  return patch_of(node, id, *std::move(results));
}

}  // namespace vivace
