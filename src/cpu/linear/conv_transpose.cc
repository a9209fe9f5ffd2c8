// conv_transpose: phase by phase, each a matrix product.
#include "ops/linear/conv_transpose.h"

#include <algorithm>

#include "cpu/common/fused_end.h"
#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "kernels/conv/conv.h"
#include "kernels/conv/conv_transpose.h"
#include "kernels/matrix/panels.h"

namespace vivace::cpu {
namespace {

// The convolution whose gradient this is: its input is our output.
kernels::Window forward_window(const NodeView& node) {
  const auto& op = node.as<ConvTranspose>();
  const Shape& weights = node.inputs[1].dims;
  return convert(window_axes(op.padding, node.outputs[0].dims, node.inputs[0].dims,
                             std::span(weights).first(op.strides.size()), op.strides, op.dilations));
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<ConvTranspose>();
  if (node.inputs[0].dtype != DType::f32 || !node.inputs[1].constant || !can_fuse(op.epilogue.activation) ||
      forward_window(node).taps() > kernels::kMaxConvTaps)
    return std::nullopt;
  Choice choice;
  choice.algorithm = "conv_transpose";
  choice.stepped = true;
  choice.packings.push_back({1, "conv_transpose16"});
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  const kernels::Window window = forward_window(node);
  const auto inputs = static_cast<std::size_t>(node.inputs[0].dims.back());
  const auto outputs = static_cast<std::size_t>(node.outputs[0].dims.back());
  const std::size_t phases =
      static_cast<std::size_t>(node.inputs[0].dims[0]) * kernels::transpose_phases(window);
  const auto places = static_cast<std::size_t>(window.width.input / window.width.stride + 1);
  const Tiling tiling =
      choose_tiling({places, outputs, inputs * window.taps(), inputs * sizeof(float)}, processor);
  const double products =
      static_cast<double>(node.inputs[0].count()) * static_cast<double>(window.taps() * outputs);
  const Split split =
      split_evenly(phases, 2 * products / static_cast<double>(std::max<std::size_t>(1, phases)), 1);

  const auto* const packed = reinterpret_cast<const float*>(node.inputs[1].packed);
  kernels::ConvTranspose transpose{nullptr,
                                   node.inputs[0].step(),
                                   packed,
                                   packed + kernels::panels16_size(window.taps() * inputs, outputs),
                                   nullptr,
                                   node.outputs[0].step(),
                                   window,
                                   inputs,
                                   outputs,
                                   0,
                                   phases,
                                   tiling.tile_rows,
                                   tiling.tile_panels,
                                   {}};
  Step step;
  step.kernel = choice.algorithm;
  step.chunks = split.chunks;
  step.work = make_work([transpose, split, run = kernels::pick(kernels::conv_transpose, processor.isa),
                         x = node.inputs[0].address, c = node.outputs[0].address,
                         end = fused_end(node.as<ConvTranspose>().epilogue, node, outputs)](
                            const Frame& frame, Share share) noexcept {
    kernels::ConvTranspose p = transpose;
    p.x = frame.at<const float>(x);
    p.c = frame.at<float>(c);
    p.end = end.at(frame);
    p.phase_begin = split.begin(share.begin);
    p.phase_end = split.end(share.end);
    run(p);
  });
  return step;
}

// Weights [kernel..., O, C].
std::size_t taps_of(const Shape& weights) {
  return static_cast<std::size_t>(count_of(std::span(weights).first(weights.size() - 2)));
}

std::size_t packed_bytes(const NodeView& node, std::size_t input) {
  const Shape& dims = node.inputs[input].dims;
  const auto inputs = static_cast<std::size_t>(dims.back()),
             outputs = static_cast<std::size_t>(dims[dims.size() - 2]);
  return (kernels::panels16_size(taps_of(dims) * inputs, outputs) + inputs) * sizeof(float);
}

void pack(const NodeView& node, std::size_t input, std::byte* into) {
  const Shape& dims = node.inputs[input].dims;
  kernels::pack_transposed_taps(node.inputs[input].constant->as<float>(), taps_of(dims),
                                static_cast<std::size_t>(dims[dims.size() - 2]),
                                static_cast<std::size_t>(dims.back()), reinterpret_cast<float*>(into));
}

}  // namespace

extern const Emitter k_conv_transpose;
constinit const Emitter k_conv_transpose = {"conv_transpose", choose, emit};
extern const WeightLayout k_conv_transpose16;
constinit const WeightLayout k_conv_transpose16 = {"conv_transpose16", packed_bytes, pack};

}  // namespace vivace::cpu
