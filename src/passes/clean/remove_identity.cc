// Removes what changes nothing: identities, casts to the same type, reshapes, transposes, slices, pads, tiles
// and broadcasts that keep every element where it is.
//
//   x -> no-op -> y
//   x
#include <algorithm>
#include <numeric>

#include "ops/elementwise/cast.h"
#include "ops/elementwise/unary.h"
#include "ops/movement/broadcast.h"
#include "ops/movement/concat.h"
#include "ops/movement/pad.h"
#include "ops/movement/reshape.h"
#include "ops/movement/slice.h"
#include "ops/movement/tile.h"
#include "ops/movement/transpose.h"
#include "passes/pass.h"

namespace vivace {
namespace {

bool same_dims(const Dims& a, const Dims& b) {
  return std::ranges::equal(a, b, [](const Dim& x, const Dim& y) { return x.same(y); });
}

bool all_zero(const std::vector<std::int64_t>& numbers) {
  return std::ranges::all_of(numbers, [](std::int64_t n) { return n == 0; });
}

bool keeps_order(const Transpose& transpose) { return std::ranges::is_sorted(transpose.order); }

// A slice of unchanged size takes everything, and in order unless a step is negative.
bool slices_all(const Slice& slice) {
  return std::ranges::all_of(slice.steps, [](std::int64_t step) { return step > 0; });
}

bool changes_nothing(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const Value &x = graph.value(node.inputs[0]), &y = graph.value(node.outputs[0]);
  if (const auto* unary = graph.as<Unary>(id)) return unary->function.none();
  if (x.dtype != y.dtype || !same_dims(x.dims, y.dims)) return false;
  if (graph.as<Cast>(id) || graph.as<Reshape>(id) || graph.as<Broadcast>(id) || graph.as<Tile>(id))
    return true;
  if (const auto* transpose = graph.as<Transpose>(id)) return keeps_order(*transpose);
  if (const auto* slice = graph.as<Slice>(id)) return slices_all(*slice);
  if (const auto* pad = graph.as<Pad>(id)) return all_zero(pad->before) && all_zero(pad->after);
  return graph.as<Concat>(id) && node.inputs.size() == 1;
}

}  // namespace

std::optional<Patch> remove_identity(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.empty() || node.inputs[0] == kNoValue || !changes_nothing(graph, id)) return std::nullopt;
  Patch patch("remove_identity", id);
  patch.replace(node.outputs[0], node.inputs[0]);
  return patch;
}

}  // namespace vivace
