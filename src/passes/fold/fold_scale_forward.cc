// Moves a scale and shift into the weights of the sums that read it.
//
//   x -> scale_shift(k, s) -> mat_mul(w, b)
//   x -> mat_mul(k w, b + s w)                     k along the rows of w
//
// The same for a convolution, if its padding adds nothing or nothing is shifted: padding is zeros after the
// shift, and would be zeros before it. A reshape between the two (a Flatten) is looked through where every
// place of its last axis has one scale. Rescaling and Normalization layers in front of a network end here.
// Does nothing if another node reads the scaled tensor.
#include <algorithm>
#include <functional>

#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"
#include "ops/movement/reshape.h"
#include "passes/common/affine.h"
#include "passes/common/linear.h"
#include "passes/pass.h"

namespace vivace {
namespace {

// Constant weights as [taps, inputs of a group, outputs]: whose element (t, i, o) is at t tap + i row + o
// column.
struct Layout {
  std::size_t taps, inputs, outputs, groups;
  std::size_t row, column;
};

bool pads_nothing(const Conv& conv, const Shape& weights) {
  const auto is_zero = [](std::int64_t n) { return n == 0; };
  if (conv.padding.mode == Padding::Mode::same)
    return std::all_of(weights.begin(), weights.end() - 2, [](std::int64_t k) { return k == 1; });
  return std::ranges::all_of(conv.padding.before, is_zero) &&
         std::ranges::all_of(conv.padding.after, is_zero);
}

std::optional<Layout> layout_of(const Graph& graph, NodeId id, const Shape& dims, bool shifts) {
  if (dims.size() < 2 || count_of(dims) == 0) return std::nullopt;
  const auto last = static_cast<std::size_t>(dims.back());
  const auto before_last = static_cast<std::size_t>(dims[dims.size() - 2]);
  if (const auto* product = graph.as<MatMul>(id)) {
    if (product->transpose_a || dims.size() != 2) return std::nullopt;
    if (product->transpose_b) return Layout{1, last, before_last, 1, 1, last};
    return Layout{1, before_last, last, 1, last, 1};
  }
  const auto* conv = graph.as<Conv>(id);
  if (!conv || (shifts && !pads_nothing(*conv, dims))) return std::nullopt;
  const auto taps = static_cast<std::size_t>(count_of(dims)) / (last * before_last);
  return Layout{taps, before_last, last, static_cast<std::size_t>(conv->groups), last, 1};
}

// The weights times the scale of the input channel that each meets, and what the shifts add to each output.
struct Moved {
  Tensor weights;
  std::vector<double> bias;
};

Moved moved(const Constant& weights, const Layout& layout, const Affine& affine) {
  Moved result{Tensor(DType::f32, weights.dims()), std::vector<double>(layout.outputs)};
  const float* from = weights.as<float>().data();
  float* to = result.weights.as<float>();
  const std::size_t group_outputs = layout.outputs / layout.groups;
  for (std::size_t tap = 0; tap < layout.taps; ++tap)
    for (std::size_t i = 0; i < layout.inputs; ++i)
      for (std::size_t o = 0; o < layout.outputs; ++o) {
        const std::size_t at = tap * layout.inputs * layout.outputs + i * layout.row + o * layout.column;
        const std::size_t channel = o / group_outputs * layout.inputs + i;
        to[at] = static_cast<float>(static_cast<double>(from[at]) * affine.scale[channel]);
        result.bias[o] += static_cast<double>(from[at]) * affine.shift[channel];
      }
  return result;
}

// The reshape that makes a value and alone reads what it reshapes, or kNoNode.
NodeId reshape_behind(const Graph& graph, ValueId value) {
  const NodeId id = graph.producer(value);
  return graph.as<Reshape>(id) && graph.uses(graph.node(id).inputs[0]) == 1 ? id : kNoNode;
}

// Numbers a channel as numbers a place of the last axis after a reshape: all the same, or the channels again
// and again. Empty where a place has several.
std::vector<double> repeated(const std::vector<double>& numbers, std::size_t places) {
  const bool uniform = std::ranges::adjacent_find(numbers, std::not_equal_to()) == numbers.end();
  if (numbers.empty() || (!uniform && places % numbers.size() != 0)) return {};
  std::vector<double> result(places);
  for (std::size_t i = 0; i < places; ++i) result[i] = numbers[uniform ? 0 : i % numbers.size()];
  return result;
}

}  // namespace

std::optional<Patch> fold_scale_forward(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (!epilogue_of(graph, id) || graph.uses(node.inputs[0]) != 1) return std::nullopt;
  const NodeId reshape = reshape_behind(graph, node.inputs[0]);
  const ValueId scaled = reshape == kNoNode ? node.inputs[0] : graph.node(reshape).inputs[0];
  auto affine = affine_at(graph, graph.producer(scaled));
  if (!affine || !affine->activation.none() || !affine->finite()) return std::nullopt;
  const Constant* const weights = graph.constant(node.inputs[1]);
  const Constant* const bias = has_input(node, 2) ? graph.constant(node.inputs[2]) : nullptr;
  if (!weights || (has_input(node, 2) && !bias)) return std::nullopt;
  const bool shifts = std::ranges::any_of(affine->shift, [](double s) { return s != 0; });
  const auto layout = layout_of(graph, id, weights->dims(), shifts);
  if (!layout) return std::nullopt;
  const std::size_t channels = layout->inputs * layout->groups;
  if (reshape != kNoNode) {
    affine->scale = repeated(affine->scale, channels);
    affine->shift = repeated(affine->shift, channels);
  }
  if (affine->scale.size() != channels || affine->shift.size() != channels) return std::nullopt;

  Moved result = moved(*weights, *layout, *affine);
  std::vector<ValueId> inputs = node.inputs;
  Patch patch("fold_scale_forward", id);
  inputs[0] = affine->x;
  if (reshape != kNoNode) {
    const Node& between = graph.node(reshape);
    std::vector<ValueId> sizes = between.inputs;
    sizes[0] = affine->x;
    inputs[0] = patch.add(between.op, std::move(sizes), between.name, between.origin);
  }
  inputs[1] = patch.constant(std::move(result.weights));
  if (shifts) {
    for (std::size_t o = 0; bias && o < layout->outputs; ++o)
      result.bias[o] += static_cast<double>(bias->as<float>()[o]);
    inputs.resize(std::max<std::size_t>(inputs.size(), 3), kNoValue);
    inputs[2] = patch.constant(rounded(result.bias));
  }
  patch.replace(node.outputs[0], patch.add(node.op, std::move(inputs), node.name, node.origin));
  return patch;
}

}  // namespace vivace
