// Moves a transpose down through an operator that does not care for the order of axes, so that it meets
// another and cancels, or shrinks, and so that what it parts can be fused.
//
//   x -> transpose(p) -> f(axes) -> y
//   x -> f(axes of x) -> transpose(p') -> y
//
// Networks for "channels_first" are the case: each of their layers is wrapped in transposes. Does nothing
// where it would add a transpose: every tensor that f reads must come from one, and one of them must go.
#include <algorithm>

#include "ops/elementwise/binary.h"
#include "ops/elementwise/cast.h"
#include "ops/elementwise/unary.h"
#include "ops/movement/concat.h"
#include "ops/movement/pad.h"
#include "ops/movement/transpose.h"
#include "ops/normalize/batch_norm.h"
#include "ops/normalize/norm.h"
#include "ops/normalize/scale_shift.h"
#include "ops/normalize/softmax.h"
#include "ops/reduce/reduce.h"
#include "passes/pass.h"

namespace vivace {
namespace {

using Numbers = std::vector<std::int64_t>;

std::size_t at(std::int64_t axis) { return static_cast<std::size_t>(axis); }

// The operator with its axes named as they are before the transpose, and the transpose that comes after it.
struct Sunk {
  OpPtr op;
  Numbers order;
};

Numbers renamed(const Numbers& axes, const Numbers& order) {
  Numbers result;
  for (const std::int64_t axis : axes) result.push_back(order[at(axis)]);
  std::ranges::sort(result);
  return result;
}

Sunk sunk_reduce(const Reduce& reduce, const Numbers& order) {
  Reduce before = reduce;
  before.axes = renamed(reduce.axes, order);
  if (reduce.keep_dims) return {make_op(before), order};
  Numbers left;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (std::ranges::find(reduce.axes, static_cast<std::int64_t>(i)) != reduce.axes.end()) continue;
    const auto gone = std::ranges::count_if(before.axes, [&](std::int64_t axis) { return axis < order[i]; });
    left.push_back(order[i] - gone);
  }
  return {make_op(before), left};
}

Sunk sunk_pad(const Pad& pad, const Numbers& order) {
  Pad before = pad;
  for (std::size_t i = 0; i < order.size(); ++i) {
    before.before[at(order[i])] = pad.before[i];
    before.after[at(order[i])] = pad.after[i];
  }
  return {make_op(before), order};
}

std::optional<Sunk> sunk(const Graph& graph, NodeId id, const Numbers& order) {
  const Node& node = graph.node(id);
  if (graph.as<Unary>(id) || graph.as<Cast>(id) || graph.as<Binary>(id)) return Sunk{node.op, order};
  if (graph.as<ScaleShift>(id) && at(order.back()) + 1 == order.size()) return Sunk{node.op, order};
  if (const auto* pad = graph.as<Pad>(id)) return sunk_pad(*pad, order);
  if (const auto* reduce = graph.as<Reduce>(id)) return sunk_reduce(*reduce, order);
  if (const auto* concat = graph.as<Concat>(id)) {
    Concat before = *concat;
    before.axis = order[at(concat->axis)];
    return Sunk{make_op(before), order};
  }
  if (const auto* norm = graph.as<BatchNorm>(id)) {
    BatchNorm before = *norm;
    before.axis = order[at(norm->axis)];
    return Sunk{make_op(before), order};
  }
  if (const auto* softmax = graph.as<Softmax>(id); softmax && node.inputs.size() == 1) {
    Softmax before = *softmax;
    before.axes = renamed(softmax->axes, order);
    return Sunk{make_op(before), order};
  }
  if (const auto* norm = graph.as<Norm>(id);
      norm && norm->kind != Norm::Kind::group && norm->axes.size() == 1) {
    Norm before = *norm;
    before.axes = renamed(norm->axes, order);
    return Sunk{make_op(before), order};
  }
  return std::nullopt;
}

// How many of the node's inputs are tensors to be transposed; what follows are channel vectors.
std::size_t tensors_of(const Graph& graph, NodeId id) {
  const bool all = graph.as<Binary>(id) || graph.as<Concat>(id);
  return all ? graph.node(id).inputs.size() : 1;
}

// A constant of NumPy's broadcasting under the axes from before the transpose; nothing where its sizes
// forbid.
std::optional<Tensor> constant_before(const Constant& constant, const Numbers& order) {
  if (constant.dims().size() > order.size()) return std::nullopt;
  Shape wide(order.size() - constant.dims().size(), 1), dims(order.size());
  wide.insert(wide.end(), constant.dims().begin(), constant.dims().end());
  Transpose back;
  back.order.resize(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    back.order[at(order[i])] = static_cast<std::int64_t>(i);
    dims[at(order[i])] = wide[i];
  }
  Tensor result(constant.dtype(), dims);
  const TensorView from{constant.tensor().data, constant.dtype(), wide};
  const MutableTensorView to = result.view();
  if (!back.evaluate({&from, 1}, {&to, 1}).ok()) return std::nullopt;
  return result;
}

// The transposes that feed the node: all of one order, or nothing.
struct Feeders {
  Numbers order;
  std::int64_t removed = 0;  // of those, how many nobody else reads
};

std::optional<Feeders> feeders_of(const Graph& graph, NodeId id) {
  Feeders feeders;
  const Node& node = graph.node(id);
  for (std::size_t i = 0; i < tensors_of(graph, id); ++i) {
    const ValueId input = node.inputs[i];
    if (graph.constant(input) && graph.as<Binary>(id)) continue;
    const auto* transpose = graph.as<Transpose>(graph.producer(input));
    if (!transpose || (!feeders.order.empty() && feeders.order != transpose->order)) return std::nullopt;
    feeders.order = transpose->order;
    if (std::ranges::count(node.inputs, input) == static_cast<std::ptrdiff_t>(graph.uses(input)))
      feeders.removed = 1;
  }
  if (feeders.order.empty()) return std::nullopt;
  return feeders;
}

bool is_identity(const Numbers& order) { return std::ranges::is_sorted(order); }

}  // namespace

std::optional<Patch> sink_transposes(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.inputs.empty() || node.outputs.size() != 1) return std::nullopt;
  const auto feeders = feeders_of(graph, id);
  const auto moved = feeders ? sunk(graph, id, feeders->order) : std::nullopt;
  if (!moved || (feeders->removed == 0 && !is_identity(moved->order))) return std::nullopt;
  Patch patch("sink_transposes", id);
  std::vector<ValueId> inputs = node.inputs;
  for (std::size_t i = 0; i < tensors_of(graph, id); ++i) {
    if (const Constant* const constant = graph.constant(inputs[i])) {
      auto before = constant_before(*constant, feeders->order);
      if (!before) return std::nullopt;
      inputs[i] = patch.constant(*std::move(before));
    } else {
      inputs[i] = graph.node(graph.producer(inputs[i])).inputs[0];
    }
  }
  ValueId y = patch.add(moved->op, std::move(inputs), node.name, node.origin);
  if (!is_identity(moved->order)) {
    Transpose after;
    after.order = moved->order;
    y = patch.add(make_op(after), {y}, node.name + "/transpose", node.origin);
  }
  patch.replace(node.outputs[0], y);
  return patch;
}

}  // namespace vivace
