// Operators whose every output element is an input element at a place that strides tell: transpose, slice,
// reverse, broadcast, tile, concat, split, depth to space.
#include "cpu/movement/copies.h"
#include "ops/indexing/reverse.h"
#include "ops/movement/concat.h"
#include "ops/movement/slice.h"
#include "ops/movement/split.h"
#include "ops/movement/tile.h"
#include "ops/movement/transpose.h"
#include "ops/spatial/depth_to_space.h"

namespace vivace::cpu {
namespace {

std::size_t element_size(const NodeView& node) { return size_of(node.outputs[0].dtype); }

Result<Step> emit_transpose(const NodeView& node, const Choice&, const Processor&) {
  const Shape own = strides_of(node.inputs[0].dims);
  Shape strides;
  for (const std::int64_t axis : node.as<Transpose>().order)
    strides.push_back(own[static_cast<std::size_t>(axis)]);
  return copy_step({gather_copy(node.inputs[0], 0, std::move(strides), node.outputs[0])}, element_size(node));
}

Result<Step> emit_slice(const NodeView& node, const Choice&, const Processor&) {
  if (node.outputs[0].count() == 0) return copy_step({}, element_size(node));
  Shape strides;
  const std::int64_t start = node.as<Slice>().place(node.inputs[0].dims, strides);
  return copy_step({gather_copy(node.inputs[0], start, std::move(strides), node.outputs[0])},
                   element_size(node));
}

Result<Step> emit_reverse(const NodeView& node, const Choice&, const Processor&) {
  const Shape& dims = node.inputs[0].dims;
  Shape strides = strides_of(dims);
  std::int64_t start = 0;
  for (const std::int64_t axis : node.as<Reverse>().axes) {
    const auto i = static_cast<std::size_t>(axis);
    start += (dims[i] - 1) * strides[i];
    strides[i] = -strides[i];
  }
  return copy_step({gather_copy(node.inputs[0], start, std::move(strides), node.outputs[0])},
                   element_size(node));
}

Result<Step> emit_broadcast(const NodeView& node, const Choice&, const Processor&) {
  Shape strides = broadcast_strides(node.inputs[0].dims, node.outputs[0].dims);
  return copy_step({gather_copy(node.inputs[0], 0, std::move(strides), node.outputs[0])}, element_size(node));
}

Result<Step> emit_tile(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<Tile>();
  const Shape own = strides_of(node.inputs[0].dims);
  Operand y = node.outputs[0];
  y.dims.clear();
  Shape strides;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const std::int64_t size = node.inputs[0].dims[i], repeats = op.repeats[i];
    y.dims.insert(y.dims.end(), {op.interleave ? size : repeats, op.interleave ? repeats : size});
    strides.insert(strides.end(), {op.interleave ? own[i] : 0, op.interleave ? 0 : own[i]});
  }
  return copy_step({gather_copy(node.inputs[0], 0, std::move(strides), y)}, element_size(node));
}

Result<Step> emit_concat(const NodeView& node, const Choice&, const Processor&) {
  const auto axis = static_cast<std::size_t>(node.as<Concat>().axis);
  const Shape to = strides_of(node.outputs[0].dims);
  std::vector<Copy> copies;
  std::int64_t place = 0;
  for (const Operand& x : node.inputs) {
    copies.push_back(
        {x.dims, {x.address, 0, strides_of(x.dims)}, {node.outputs[0].address, place * to[axis], to}});
    place += x.dims[axis];
  }
  return copy_step(copies, element_size(node));
}

Result<Step> emit_split(const NodeView& node, const Choice&, const Processor&) {
  const auto axis = static_cast<std::size_t>(node.as<Split>().axis);
  const Shape from = strides_of(node.inputs[0].dims);
  std::vector<Copy> copies;
  std::int64_t place = 0;
  for (const Operand& y : node.outputs) {
    copies.push_back(gather_copy(node.inputs[0], place * from[axis], from, y));
    place += y.dims[axis];
  }
  return copy_step(copies, element_size(node));
}

// Both directions are one rearrangement of small pixels [N, h, i, w, j, C] <-> [N, h, w, i, j, C].
Result<Step> emit_depth_to_space(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<DepthToSpace>();
  const Shape& deep = op.inverse ? node.outputs[0].dims : node.inputs[0].dims;
  const std::int64_t block = op.block, channels = deep[3] / (block * block);
  Copy copy;
  copy.dims = {deep[0], deep[1], block, deep[2], block, channels};
  const std::int64_t pixel = deep[3], line = deep[2] * pixel;
  Shape deep_strides = {deep[1] * line, line, block * channels, pixel, channels, 1};
  Shape wide_strides = strides_of(copy.dims);
  copy.from = {node.inputs[0].address, 0, op.inverse ? wide_strides : deep_strides};
  copy.to = {node.outputs[0].address, 0, op.inverse ? deep_strides : wide_strides};
  return copy_step({std::move(copy)}, element_size(node));
}

}  // namespace

extern const Emitter k_transpose, k_slice, k_reverse, k_broadcast, k_tile, k_concat, k_split,
    k_depth_to_space;
constinit const Emitter k_transpose{"transpose", choose_copy, emit_transpose};
constinit const Emitter k_slice{"slice", choose_copy, emit_slice};
constinit const Emitter k_reverse{"reverse", choose_copy, emit_reverse};
constinit const Emitter k_broadcast{"broadcast", choose_copy, emit_broadcast};
constinit const Emitter k_tile{"tile", choose_copy, emit_tile};
constinit const Emitter k_concat{"concat", choose_copy, emit_concat};
constinit const Emitter k_split{"split", choose_copy, emit_split};
constinit const Emitter k_depth_to_space{"depth_to_space", choose_copy, emit_depth_to_space};

}  // namespace vivace::cpu
