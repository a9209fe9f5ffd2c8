// Zeros added around a tensor become the padding of the convolution or pooling that reads it.
//
//   x -> pad(zeros) -> conv(explicit padding p)               x -> conv(p + pad)
//   x -> pad(zeros) -> average pool(no padding)               x -> pool(pad, counted)
//   x, never negative -> pad(zeros) -> max pool(no padding)   x -> pool(pad)
//
// Only spatial axes, only an explicit padding (same depends on the padded size). A max pool ignores padding:
// that is as good as zeros where nothing is below zero and every window holds an element of x.
#include <algorithm>

#include "ops/elementwise/unary.h"
#include "ops/linear/conv.h"
#include "ops/movement/pad.h"
#include "ops/spatial/pool.h"
#include "passes/common/linear.h"
#include "passes/pass.h"

namespace vivace {
namespace {

bool is_zero(std::int64_t number) { return number == 0; }

// The node before, if it is a Pad of zeros along spatial axes.
const Pad* zeros_before(const Graph& graph, ValueId value) {
  const auto* pad = graph.as<Pad>(graph.producer(value));
  if (!pad || pad->mode != Pad::Mode::constant || pad->value != 0 || pad->before.empty()) return nullptr;
  const bool spatial = pad->before.front() == 0 && pad->before.back() == 0 && pad->after.front() == 0 &&
                       pad->after.back() == 0;
  return spatial ? pad : nullptr;
}

Padding sum(const Padding& own, const Pad& pad) {
  Padding padding = own;
  for (std::size_t axis = 0; axis < own.before.size(); ++axis) {
    padding.before[axis] += pad.before[axis + 1];
    padding.after[axis] += pad.after[axis + 1];
  }
  return padding;
}

bool ends_above_zero(const Activation& f) {
  return f.kind == UnaryKind::relu || f.kind == UnaryKind::sigmoid ||
         (f.kind == UnaryKind::clamp && f.alpha >= 0);
}

bool never_negative(const Graph& graph, ValueId value) {
  const NodeId id = graph.producer(value);
  if (const auto* unary = graph.as<Unary>(id)) return ends_above_zero(unary->function);
  const Epilogue* const end = epilogue_of(graph, id);
  return end && ends_above_zero(end->activation) && !end->residual_last;
}

// The pooling with the zeros as its own padding, or nullptr.
OpPtr padded(const Graph& graph, const Pool& pool, const Pad& pad, ValueId x) {
  Pool result = pool;
  result.padding = sum(pool.padding, pad);
  const bool unpadded =
      std::ranges::all_of(pool.padding.before, is_zero) && std::ranges::all_of(pool.padding.after, is_zero);
  if (pool.kind == Pool::Kind::average) {
    if (!unpadded && !pool.count_padding) return nullptr;
    result.count_padding = true;
    return result.infer({{graph.fact(x)}}).ok() ? make_op(result) : nullptr;
  }
  if (!unpadded || !never_negative(graph, x)) return nullptr;
  for (std::size_t axis = 0; axis < pool.window.size(); ++axis)
    if (pool.dilations[axis] != 1 || result.padding.before[axis] >= pool.window[axis] ||
        result.padding.after[axis] >= pool.window[axis])
      return nullptr;
  return make_op(result);
}

}  // namespace

std::optional<Patch> fold_padding(const Graph& graph, NodeId id) {
  const auto* conv = graph.as<Conv>(id);
  const auto* pool = graph.as<Pool>(id);
  if (!conv && !pool) return std::nullopt;
  const Node& node = graph.node(id);
  const Pad* const pad = zeros_before(graph, node.inputs[0]);
  if (!pad || (conv ? conv->padding : pool->padding).mode != Padding::Mode::explicit_) return std::nullopt;
  std::vector<ValueId> inputs = node.inputs;
  inputs[0] = graph.node(graph.producer(node.inputs[0])).inputs[0];
  OpPtr op;
  if (pool) {
    op = padded(graph, *pool, *pad, inputs[0]);
  } else {
    Conv with = *conv;
    with.padding = sum(conv->padding, *pad);
    op = make_op(with);
  }
  if (!op) return std::nullopt;
  Patch patch("fold_padding", id);
  patch.replace(node.outputs[0], patch.add(op, std::move(inputs), node.name, node.origin));
  return patch;
}

}  // namespace vivace
