// An addition of two tensors of one shape becomes the residual of the sums on one side of it.
//
//   r, x -> conv -> add(r)
//   x, r -> conv with residual r       the addition's activation follows it; one of the conv precedes it
//
// Prefers the side that comes last in running order, whose operands are then still warm. Does nothing if
// another node reads those sums, or if there would be a function before and another after the addition.
#include <algorithm>
#include <array>

#include "ops/elementwise/binary.h"
#include "passes/common/linear.h"
#include "passes/pass.h"

namespace vivace {
namespace {

bool same_dims(const Dims& a, const Dims& b) {
  return std::ranges::equal(a, b, [](const Dim& x, const Dim& y) { return x.same(y); });
}

// The operator behind `sums` with a residual and then `after`, or nullptr.
OpPtr with_residual(const Graph& graph, ValueId sums, const Activation& after) {
  const NodeId id = graph.producer(sums);
  const Epilogue* const own = epilogue_of(graph, id);
  if (!own || graph.uses(sums) != 1 || has_input(graph.node(id), 3)) return nullptr;
  if (own->activation.none()) return with_epilogue(graph, id, {after, false});
  return after.none() ? with_epilogue(graph, id, {own->activation, true}) : nullptr;
}

}  // namespace

std::optional<Patch> fuse_residual(const Graph& graph, NodeId id) {
  const auto* add = graph.as<Binary>(id);
  if (!add || add->kind != Binary::Kind::add) return std::nullopt;
  const Node& node = graph.node(id);
  std::array<ValueId, 2> sides = {node.inputs[0], node.inputs[1]};
  const Value &left = graph.value(sides[0]), &right = graph.value(sides[1]);
  if (left.dtype != DType::f32 || !same_dims(left.dims, right.dims)) return std::nullopt;
  const auto order = [](const Value& v) {
    return v.producer == kNoNode ? 0 : static_cast<std::uint64_t>(v.producer) + 1;
  };
  if (order(left) < order(right)) std::swap(sides[0], sides[1]);
  for (const std::size_t side : {0u, 1u}) {
    const OpPtr fused = with_residual(graph, sides[side], add->activation);
    if (!fused) continue;
    const Node& sums = graph.node(graph.producer(sides[side]));
    std::vector<ValueId> inputs = sums.inputs;
    inputs.resize(4, kNoValue);
    inputs[3] = sides[1 - side];
    Patch patch("fuse_residual", id);
    patch.replace(node.outputs[0], patch.add(fused, std::move(inputs), sums.name, sums.origin));
    return patch;
  }
  return std::nullopt;
}

}  // namespace vivace
