// Zeros added around a tensor become the padding of the convolution that reads it.
//
//   x -> pad(zeros) -> conv(explicit padding p)
//   x -> conv(p + pad)
//
// Only spatial axes, only zeros, only an explicit padding (same depends on the padded size).
#include "ops/linear/conv.h"
#include "ops/movement/pad.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> fold_padding(const Graph& graph, NodeId id) {
  const auto* conv = graph.as<Conv>(id);
  if (!conv || conv->padding.mode != Padding::Mode::explicit_) return std::nullopt;
  const Node& node = graph.node(id);
  const NodeId before = graph.producer(node.inputs[0]);
  const auto* pad = graph.as<Pad>(before);
  if (!pad || pad->mode != Pad::Mode::constant || pad->value != 0) return std::nullopt;
  const std::size_t last = pad->before.size() - 1;
  for (const auto& sizes : {pad->before, pad->after}) {
    if (sizes.front() != 0 || sizes[last] != 0) return std::nullopt;
    for (const std::int64_t size : sizes)
      if (size < 0) return std::nullopt;
  }
  Conv padded = *conv;
  for (std::size_t axis = 0; axis + 1 < last; ++axis) {
    padded.padding.before[axis] += pad->before[axis + 1];
    padded.padding.after[axis] += pad->after[axis + 1];
  }
  std::vector<ValueId> inputs = node.inputs;
  inputs[0] = graph.node(before).inputs[0];
  Patch patch("fold_padding", id);
  patch.replace(node.outputs[0], patch.add(make_op(padded), std::move(inputs), node.name, node.origin));
  return patch;
}

}  // namespace vivace
