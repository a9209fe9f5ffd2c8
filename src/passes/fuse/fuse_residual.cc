// An addition of two tensors of one shape becomes the residual of the sums on one side of it.
//
//   r, x -> conv -> add(r)
//   x, r -> conv with residual r                an activation of the addition follows it; one of the conv
//   precedes
//
// Takes the side that comes last in running order, since the other must be there before it. Does nothing if
// another node reads those sums.
#include "ops/elementwise/binary.h"
#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"
#include "passes/pass.h"

namespace vivace {
namespace {

bool same_dims(const Graph& graph, ValueId a, ValueId b) {
  const Dims &x = graph.value(a).dims, &y = graph.value(b).dims;
  if (x.size() != y.size()) return false;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!x[i].same(y[i])) return false;
  return true;
}

OpPtr with_residual(const Graph& graph, NodeId id, const Activation& after) {
  const auto fused = [&](const auto* op) -> OpPtr {
    const bool has_own = !op->epilogue.activation.none();
    if (has_own && !after.none()) return nullptr;  // one function at most
    auto copy = *op;
    copy.epilogue.residual_last = has_own;
    if (!has_own) copy.epilogue.activation = after;
    return make_op(std::move(copy));
  };
  if (const auto* conv = graph.as<Conv>(id)) return fused(conv);
  if (const auto* product = graph.as<MatMul>(id)) return fused(product);
  return nullptr;
}

}  // namespace

std::optional<Patch> fuse_residual(const Graph& graph, NodeId id) {
  const auto* add = graph.as<Binary>(id);
  if (!add || add->kind != Binary::Kind::add) return std::nullopt;
  const Node& node = graph.node(id);
  ValueId sums_value = node.inputs[0], residual = node.inputs[1];
  if (graph.value(sums_value).dtype != DType::f32 || !same_dims(graph, sums_value, residual))
    return std::nullopt;
  const auto order = [&](ValueId v) {
    return graph.producer(v) == kNoNode ? -1 : static_cast<std::int64_t>(graph.producer(v));
  };
  if (order(sums_value) < order(residual)) std::swap(sums_value, residual);
  const NodeId before = graph.producer(sums_value);
  if (before == kNoNode || sums_value == residual || graph.uses(sums_value) != 1) return std::nullopt;
  const Node& sums = graph.node(before);
  if (sums.inputs.size() > 3 && sums.inputs[3] != kNoValue) return std::nullopt;
  const OpPtr fused = with_residual(graph, before, add->activation);
  if (!fused) return std::nullopt;
  std::vector<ValueId> inputs = sums.inputs;
  inputs.resize(4, kNoValue);
  inputs[3] = residual;
  Patch patch("fuse_residual", before);
  patch.replace(node.outputs[0], patch.add(fused, std::move(inputs), sums.name, sums.origin));
  return patch;
}

}  // namespace vivace
