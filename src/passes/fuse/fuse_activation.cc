// An activation becomes the end of the operator that feeds it: applied in registers, not in another sweep.
//
//   x -> conv | conv_transpose | mat_mul | scale_shift | binary -> unary(f)
//   x -> the same, ending in f
//
// Does nothing if another node reads the sums, or they end in a function already, or in a residual added
// last.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/linear/conv.h"
#include "ops/linear/conv_transpose.h"
#include "ops/linear/mat_mul.h"
#include "ops/normalize/scale_shift.h"
#include "passes/pass.h"

namespace vivace {
namespace {

// Functions whose result is another type, or that are no function of one float alone, stay on their own.
bool can_end(const Activation& f) { return !f.none() && f.kind < UnaryKind::logical_not; }

OpPtr ending_in(const Graph& graph, NodeId id, const Activation& f) {
  const auto fused = [&](const auto* op) -> OpPtr {
    if (!op->epilogue.activation.none() || op->epilogue.residual_last) return nullptr;
    auto copy = *op;
    copy.epilogue.activation = f;
    return make_op(std::move(copy));
  };
  if (const auto* conv = graph.as<Conv>(id)) return fused(conv);
  if (const auto* transpose = graph.as<ConvTranspose>(id)) return fused(transpose);
  if (const auto* product = graph.as<MatMul>(id)) return fused(product);
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
  const OpPtr fused = ending_in(graph, before, unary->function);
  if (!fused) return std::nullopt;
  const Node& sums = graph.node(before);
  Patch patch("fuse_activation", before);
  patch.replace(node.outputs[0], patch.add(fused, sums.inputs, sums.name, sums.origin));
  return patch;
}

}  // namespace vivace
