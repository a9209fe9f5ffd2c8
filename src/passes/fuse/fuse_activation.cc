// An activation becomes the end of the operator that feeds it: applied in registers, not in another sweep.
//
//   x -> conv | conv_transpose | mat_mul | scale_shift | binary -> unary(f)
//   x -> the same, ending in f
//
// Does nothing if another node reads the sums, or they end in a function already, or in a residual added
// last.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/normalize/scale_shift.h"
#include "passes/common/linear.h"
#include "passes/pass.h"

namespace vivace {
namespace {

// Functions whose result is another type, or that are no function of one float alone, stay on their own.
bool can_end(const Activation& f) { return !f.none() && f.kind < UnaryKind::logical_not; }

OpPtr fused(const Graph& graph, NodeId id, const Activation& f) {
  if (const Epilogue* const end = epilogue_of(graph, id))
    return end->activation.none() && !end->residual_last ? ending_in(graph, id, f) : nullptr;
  if (const auto* affine = graph.as<ScaleShift>(id); affine && affine->activation.none()) {
    ScaleShift copy = *affine;
    copy.activation = f;
    return make_op(copy);
  }
  if (const auto* binary = graph.as<Binary>(id);
      binary && binary->activation.none() && !binary->gives_truth()) {
    Binary copy = *binary;
    copy.activation = f;
    return make_op(copy);
  }
  return nullptr;
}

}  // namespace

std::optional<Patch> fuse_activation(const Graph& graph, NodeId id) {
  const auto* unary = graph.as<Unary>(id);
  if (!unary || !can_end(unary->function)) return std::nullopt;
  const Node& node = graph.node(id);
  const NodeId before = graph.producer(node.inputs[0]);
  if (before == kNoNode || graph.uses(node.inputs[0]) != 1 || graph.value(node.inputs[0]).dtype != DType::f32)
    return std::nullopt;
  const OpPtr op = fused(graph, before, unary->function);
  if (!op) return std::nullopt;
  const Node& sums = graph.node(before);
  Patch patch("fuse_activation", id);
  patch.replace(node.outputs[0], patch.add(op, sums.inputs, sums.name, sums.origin));
  return patch;
}

}  // namespace vivace
