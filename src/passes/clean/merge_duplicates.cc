// Computes equal things once (common subexpressions).
//
//   x -> f -> a,  x -> f -> b
//   x -> f -> a, b
//
// Compares a node with the earlier readers of its first input that is no constant. Constants are equal when
// they are one value, or small and the same bytes.
#include <algorithm>
#include <cstring>

#include "passes/pass.h"

namespace vivace {
namespace {

// Scalars, axes and channel vectors; comparing whole weights would read the file for nothing.
constexpr std::size_t kSmallBytes = 4096;

bool same_value(const Graph& graph, ValueId a, ValueId b) {
  if (a == b) return true;
  const Constant *const x = graph.constant(a), *const y = graph.constant(b);
  if (!x || !y || x->dtype() != y->dtype() || x->dims() != y->dims()) return false;
  const std::size_t bytes = x->tensor().bytes();
  if (x->tensor().data == y->tensor().data || bytes == 0) return true;
  return bytes <= kSmallBytes && std::memcmp(x->tensor().data, y->tensor().data, bytes) == 0;
}

bool same_node(const Graph& graph, const Node& a, const Node& b) {
  const auto equal = [&](ValueId x, ValueId y) { return same_value(graph, x, y); };
  return a.outputs.size() == b.outputs.size() && std::ranges::equal(a.inputs, b.inputs, equal) &&
         same(*a.op, *b.op);
}

}  // namespace

std::optional<Patch> merge_duplicates(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const auto hub = std::ranges::find_if(
      node.inputs, [&](ValueId input) { return input != kNoValue && !graph.constant(input); });
  if (hub == node.inputs.end()) return std::nullopt;
  for (const NodeId earlier : graph.value(*hub).readers) {
    if (earlier >= id) break;
    const Node& other = graph.node(earlier);
    if (!same_node(graph, node, other)) continue;
    Patch patch("merge_duplicates", id);
    for (std::size_t k = 0; k < node.outputs.size(); ++k) patch.replace(node.outputs[k], other.outputs[k]);
    return patch;
  }
  return std::nullopt;
}

}  // namespace vivace
