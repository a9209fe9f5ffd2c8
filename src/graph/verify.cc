// The graph's invariants: the boundary behind which nothing is checked again.
#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "graph/graph.h"

namespace vivace {
namespace {

constexpr std::size_t kMostNodes = 2'000'000;
constexpr std::size_t kMostValues = 4'000'000;
constexpr std::size_t kHighestRank = 16;

Error broken(std::string id, std::string what) {
  return Error(std::move(id), std::move(what)).fix("make the file again; if that does not help, report it");
}

Status verify_value(const Graph& graph, std::size_t index) {
  const Value& value = graph.value(static_cast<ValueId>(index));
  if (value.dims.size() > kHighestRank)
    return broken("graph.rank", text("value {} has {} axes, at most {} are allowed", index, value.dims.size(),
                                     kHighestRank));
  for (const Dim& dim : value.dims) {
    if (dim.known() && dim.number() < 0)
      return broken("graph.size", text("value {} has a negative size", index));
    if (dim.symbol_id() < Dim::kAnonymous ||
        dim.symbol_id() > static_cast<std::int32_t>(graph.symbols().size()))
      return broken("graph.symbol", text("value {} uses a symbol that the graph lacks", index));
  }
  if (value.constant && value.dtype == DType::string)
    return broken("graph.constant",
                  text("constant {} holds strings, which would be pointers from a file", index));
  if (value.constant && (value.dims != known_dims(value.constant->dims()) ||
                         value.dtype != value.constant->dtype() || !checked_count(value.constant->dims())))
    return broken("graph.constant", text("constant {} disagrees with its own type or shape", index));
  return {};
}

Status verify_at(const Graph& graph, int depth);

Status verify_bodies(const Node& node, int depth) {
  for (const GraphPtr& body : bodies_of(*node.op)) {
    if (!body || body->state_count() != 0)
      return broken("graph.body",
                    text("node \"{}\" lacks one of its bodies, or has one that keeps states", node.name));
    if (depth == kDeepestBodies)
      return broken("graph.body", text("node \"{}\" is the {}th body within a body", node.name, depth + 1));
    if (Status status = verify_at(*body, depth + 1); !status.ok())
      return std::move(status).error().within(text("node \"{}\"", node.name));
  }
  return {};
}

Status verify_node(const Graph& graph, std::size_t index, std::vector<bool>& made, int depth) {
  const Node& node = graph.node(static_cast<NodeId>(index));
  const auto in_range = [&](ValueId id) { return static_cast<std::size_t>(id) < graph.value_count(); };
  if (!node.op) return broken("graph.node", text("node {} has no operator", index));
  for (const ValueId input : node.inputs)
    if (input != kNoValue && (!in_range(input) || !made[static_cast<std::size_t>(input)]))
      return broken("graph.order", text("node \"{}\" reads a value that nothing before it makes", node.name));
  VIVACE_CHECK_OK(verify_bodies(node, depth));
  auto facts = node.op->infer(graph.facts(node.inputs));
  if (!facts.ok()) return std::move(facts).error().within(text("node \"{}\"", node.name));
  if (facts->size() != node.outputs.size())
    return broken("graph.node", text("node \"{}\" has {} outputs, its operator makes {}", node.name,
                                     node.outputs.size(), facts->size()));
  for (std::size_t k = 0; k < node.outputs.size(); ++k) {
    const ValueId output = node.outputs[k];
    if (!in_range(output) || made[static_cast<std::size_t>(output)])
      return broken("graph.single-assignment",
                    text("node \"{}\" makes a value twice, or one that is not there", node.name));
    made[static_cast<std::size_t>(output)] = true;
    const Value& value = graph.value(output);
    if (value.dtype != (*facts)[k].dtype || value.kind != (*facts)[k].kind || value.dims != (*facts)[k].dims)
      return broken("graph.fact", text("output {} of \"{}\" is {}, its operator gives {}", k, node.name,
                                       to_text(value.dims), to_text((*facts)[k].dims)));
  }
  return {};
}

// A state goes in as it came out, and its zeros need no caller to say how many.
Status verify_states(const Graph& graph) {
  const std::size_t states = graph.state_count();
  if (states > graph.inputs().size() || states > graph.outputs().size())
    return broken("graph.state", text("{} states, but {} inputs and {} outputs", states,
                                      graph.inputs().size(), graph.outputs().size()));
  for (std::size_t i = 1; i <= states; ++i) {
    const Value& now = graph.value(graph.inputs()[graph.inputs().size() - i]);
    const Value& next = graph.value(graph.outputs()[graph.outputs().size() - i]);
    const auto dims = numbers(now.dims);
    const auto count = dims ? checked_count(*dims) : std::nullopt;
    if (now.dtype != next.dtype || now.kind != next.kind || now.dims != next.dims || !count ||
        now.dtype == DType::string || *count > kLargestState)
      return broken(
          "graph.state",
          text("the state \"{}\" is {}{} before a run and {}{} after it, or larger than a state may be",
               now.name, name_of(now.dtype), to_text(now.dims), name_of(next.dtype), to_text(next.dims)));
  }
  return {};
}

Status verify_at(const Graph& graph, int depth) {
  if (graph.node_count() > kMostNodes || graph.value_count() > kMostValues)
    return broken("graph.size",
                  text("{} nodes and {} values are too many", graph.node_count(), graph.value_count()));
  std::vector<bool> made(graph.value_count());
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    VIVACE_CHECK_OK(verify_value(graph, i));
    made[i] = graph.value(static_cast<ValueId>(i)).constant != nullptr;
  }
  for (const ValueId input : graph.inputs()) {
    if (static_cast<std::size_t>(input) >= graph.value_count() || made[static_cast<std::size_t>(input)])
      return broken("graph.input", "an input is missing, listed twice, or a constant");
    made[static_cast<std::size_t>(input)] = true;
  }
  for (std::size_t n = 0; n < graph.node_count(); ++n) VIVACE_CHECK_OK(verify_node(graph, n, made, depth));
  for (const ValueId output : graph.outputs())
    if (static_cast<std::size_t>(output) >= graph.value_count() || !made[static_cast<std::size_t>(output)])
      return broken("graph.output", "an output is a value that nothing makes");
  return verify_states(graph);
}

}  // namespace

Status verify(const Graph& graph) { return verify_at(graph, 0); }

}  // namespace vivace
