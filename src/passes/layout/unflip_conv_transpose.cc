// A transposed convolution that does not enlarge is a convolution with the kernel turned round.
//
//   x -> conv_transpose(w, stride 1, cropped by p)
//   x -> conv(w turned round, padded by (k - 1) dilation - p)
//
// The convolution has the better kernels. Does nothing with an output padding, a crop wider than the kernel,
// or weights that are no constant.
#include <algorithm>

#include "ops/linear/conv.h"
#include "ops/linear/conv_transpose.h"
#include "passes/pass.h"

namespace vivace {
namespace {

// [kernel..., O, C] becomes [kernel turned round..., C, O].
Tensor turned(const Constant& weights) {
  const Shape& dims = weights.dims();
  const std::size_t axes = dims.size() - 2;
  const std::int64_t outputs = dims[axes], inputs = dims[axes + 1];
  Shape swapped = dims;
  std::swap(swapped[axes], swapped[axes + 1]);
  Tensor result(DType::f32, swapped);
  const std::int64_t taps = count_of(dims) / (outputs * inputs);
  const float* const from = weights.as<float>().data();
  for (std::int64_t tap = 0; tap < taps; ++tap)  // turning every axis round reverses the row-major order
    for (std::int64_t o = 0; o < outputs; ++o)
      for (std::int64_t c = 0; c < inputs; ++c)
        result.as<float>()[((taps - 1 - tap) * inputs + c) * outputs + o] =
            from[(tap * outputs + o) * inputs + c];
  return result;
}

bool all_are(const std::vector<std::int64_t>& numbers, std::int64_t number) {
  return std::ranges::all_of(numbers, [&](std::int64_t n) { return n == number; });
}

}  // namespace

std::optional<Patch> unflip_conv_transpose(const Graph& graph, NodeId id) {
  const auto* transposed = graph.as<ConvTranspose>(id);
  if (!transposed || !all_are(transposed->strides, 1) || !all_are(transposed->output_padding, 0))
    return std::nullopt;
  const Node& node = graph.node(id);
  const Constant* const weights = graph.constant(node.inputs[1]);
  if (!weights || weights->dtype() != DType::f32 || weights->tensor().count() == 0) return std::nullopt;

  Conv conv;
  conv.strides = transposed->strides;
  conv.dilations = transposed->dilations;
  conv.epilogue = transposed->epilogue;
  for (std::size_t axis = 0; axis < conv.strides.size(); ++axis) {
    const std::int64_t reach = (weights->dims()[axis] - 1) * conv.dilations[axis];
    const bool same =
        transposed->padding.mode == Padding::Mode::same;  // crops reach, the smaller half before
    conv.padding.before.push_back(reach - (same ? reach / 2 : transposed->padding.before[axis]));
    conv.padding.after.push_back(reach - (same ? reach - reach / 2 : transposed->padding.after[axis]));
    if (conv.padding.before.back() < 0 || conv.padding.after.back() < 0) return std::nullopt;
  }
  std::vector<ValueId> inputs = node.inputs;
  Patch patch("unflip_conv_transpose", id);
  inputs[1] = patch.constant(turned(*weights));
  patch.replace(node.outputs[0], patch.add(make_op(conv), std::move(inputs), node.name, node.origin));
  return patch;
}

}  // namespace vivace
