// Gates written out as nodes become one function.
//
//   clamp(a x + b, lo, hi) k + s  ->  hard_sigmoid(a k, b k + s)    where it runs from 0 to 1
//   x * sigmoid(x)                ->  silu(x)
//   x * hard_sigmoid(1/6, 1/2)(x) ->  hard_silu(x)
//
// MobileNetV3 and EfficientNet write theirs so. Does nothing if another node reads what lies between.
#include <cmath>

#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "passes/common/affine.h"
#include "passes/pass.h"

namespace vivace {
namespace {

bool near(double a, double b) { return std::abs(a - b) <= 1e-6; }

// One slope and offset for all channels.
struct Line {
  double slope, offset;
};

std::optional<Line> line_of(const Affine& affine) {
  for (std::size_t c = 0; c < affine.scale.size(); ++c)
    if (affine.scale[c] != affine.scale[0] || affine.shift[c] != affine.shift[0]) return std::nullopt;
  if (affine.scale.empty()) return std::nullopt;
  return Line{affine.scale[0], affine.shift[0]};
}

// clamp(slope x + offset), as a node of its own after the line or as the line's activation.
struct Clamped {
  ValueId x;
  Line line;
  double low, high;
};

std::optional<Clamped> clamped(const Graph& graph, ValueId value) {
  NodeId id = graph.producer(value);
  Activation clamp;
  if (const auto* unary = graph.as<Unary>(id)) {
    clamp = unary->function;
    value = graph.node(id).inputs[0];
    if (graph.uses(value) != 1) return std::nullopt;
    id = graph.producer(value);
  }
  const auto affine = affine_at(graph, id);
  const auto line = affine ? line_of(*affine) : std::nullopt;
  if (!line || (!clamp.none() && !affine->activation.none())) return std::nullopt;
  if (clamp.none()) clamp = affine->activation;
  if (clamp.kind != UnaryKind::clamp) return std::nullopt;
  return Clamped{affine->x, *line, clamp.alpha, clamp.beta};
}

std::optional<Patch> hard_sigmoid(const Graph& graph, NodeId id) {
  const auto last = affine_at(graph, id);
  if (!last || !last->activation.none() || graph.uses(last->x) != 1) return std::nullopt;
  const auto line = line_of(*last);
  const auto inner = line ? clamped(graph, last->x) : std::nullopt;
  if (!inner || line->slope <= 0 || !near(inner->low * line->slope + line->offset, 0) ||
      !near(inner->high * line->slope + line->offset, 1))
    return std::nullopt;
  Unary op;
  op.function = {UnaryKind::hard_sigmoid, inner->line.slope * line->slope,
                 inner->line.offset * line->slope + line->offset};
  // A sixth that went through float32 is a sixth.
  if (near(op.function.alpha, 1.0 / 6)) op.function.alpha = 1.0 / 6;
  if (near(op.function.beta, 0.5)) op.function.beta = 0.5;
  const Node& node = graph.node(id);
  Patch patch("recognise_gates", id);
  patch.replace(node.outputs[0], patch.add(make_op(op), {inner->x}, node.name, node.origin));
  return patch;
}

// What x times f(x) is called, or identity.
UnaryKind gate_of(const Activation& f) {
  if (f.kind == UnaryKind::sigmoid) return UnaryKind::silu;
  const bool sixth = f.kind == UnaryKind::hard_sigmoid && near(f.alpha, 1.0 / 6) && near(f.beta, 0.5);
  return sixth ? UnaryKind::hard_silu : UnaryKind::identity;
}

std::optional<Patch> gate(const Graph& graph, NodeId id, const Binary& product) {
  const Node& node = graph.node(id);
  for (const std::size_t side : {0u, 1u}) {
    const ValueId x = node.inputs[1 - side], gated = node.inputs[side];
    const NodeId before = graph.producer(gated);
    const auto* unary = graph.as<Unary>(before);
    if (!unary || graph.node(before).inputs[0] != x || graph.uses(gated) != 1) continue;
    Unary op;
    op.function.kind = gate_of(unary->function);
    if (op.function.none() || !is_float(graph.value(x).dtype) || !product.activation.none()) continue;
    Patch patch("recognise_gates", id);
    patch.replace(node.outputs[0], patch.add(make_op(op), {x}, node.name, node.origin));
    return patch;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Patch> recognise_gates(const Graph& graph, NodeId id) {
  const auto* binary = graph.as<Binary>(id);
  if (binary && binary->kind == Binary::Kind::multiply)
    if (auto patch = gate(graph, id, *binary)) return patch;
  return hard_sigmoid(graph, id);
}

}  // namespace vivace
