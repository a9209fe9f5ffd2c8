// A chain of multiplications and additions by constants becomes one scale and shift for each channel.
//
//   x -> multiply/add/subtract/divide(constant, one number or one a channel)
//   x -> scale_shift(k, s)
//
// Rescaling and Normalization layers end here, and then in the weights of what follows or precedes them. A
// sole addition or multiplication of the same shape stays what it is: this is for constants.
#include "ops/elementwise/binary.h"
#include "ops/normalize/scale_shift.h"
#include "passes/pass.h"

namespace vivace {
namespace {

struct Affine {
  double k, s;
};

// What `kind` does to x with the constant c, x being on the left or on the right.
std::optional<Affine> affine_of(Binary::Kind kind, double c, bool x_left) {
  switch (kind) {
    case Binary::Kind::add:
      return Affine{1, c};
    case Binary::Kind::multiply:
      return Affine{c, 0};
    case Binary::Kind::subtract:
      return x_left ? Affine{1, -c} : Affine{-1, c};
    case Binary::Kind::divide:
      return x_left ? std::optional(Affine{1 / c, 0}) : std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Patch> fold_rescale(const Graph& graph, NodeId id) {
  const auto* binary = graph.as<Binary>(id);
  if (!binary || graph.value(graph.node(id).outputs[0]).dtype != DType::f32) return std::nullopt;
  const Node& node = graph.node(id);
  const bool x_left = graph.constant(node.inputs[1]) != nullptr;
  const Constant* const constant = graph.constant(node.inputs[x_left ? 1 : 0]);
  const ValueId x = node.inputs[x_left ? 0 : 1];
  const Dims &dims = graph.value(x).dims, &result = graph.value(node.outputs[0]).dims;
  if (!constant || dims.size() != result.size() || dims.empty() || !dims.back().known() ||
      !dims.back().same(result.back()))
    return std::nullopt;
  const std::int64_t channels = dims.back().number(), count = count_of(constant->dims());
  const bool per_channel =
      !constant->dims().empty() && constant->dims().back() == channels && count == channels;
  if (channels == 0 || (count != 1 && !per_channel)) return std::nullopt;

  Tensor scale(DType::f32, {channels}), shift(DType::f32, {channels});
  for (std::int64_t c = 0; c < channels; ++c) {
    const auto affine = affine_of(
        binary->kind,
        static_cast<double>(constant->as<float>()[static_cast<std::size_t>(count == 1 ? 0 : c)]), x_left);
    if (!affine) return std::nullopt;
    scale.as<float>()[c] = static_cast<float>(affine->k);
    shift.as<float>()[c] = static_cast<float>(affine->s);
  }
  ScaleShift op;
  op.activation = binary->activation;
  Patch patch("fold_rescale", id);
  const ValueId k = patch.constant(std::move(scale)), s = patch.constant(std::move(shift));
  patch.replace(node.outputs[0], patch.add(make_op(op), {x, k, s}, node.name, node.origin));
  return patch;
}

}  // namespace vivace
