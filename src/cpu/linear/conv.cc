// conv: a matrix product where the window is one place, channel by channel where it is depthwise, by
// Winograd's way where that pays, else by row pointers.
#include "ops/linear/conv.h"

#include "cpu/common/fused_end.h"
#include "cpu/common/panel_layouts.h"
#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "cpu/linear/conv_steps.h"
#include "cpu/linear/mat_mul_steps.h"
#include "kernels/conv/conv.h"
#include "kernels/matrix/panels.h"

namespace vivace::cpu {
namespace {

constexpr std::string_view kIndirect = "conv", kDepthwise = "depthwise";

std::span<const std::int64_t> kernel_of(const NodeView& node) {
  const Shape& dims = node.inputs[1].dims;
  return std::span(dims).first(dims.size() - 2);
}

bool is_depthwise(const NodeView& node) {
  const auto& op = node.as<Conv>();
  return op.groups > 1 && op.groups == node.inputs[0].dims.back() && op.groups == node.outputs[0].dims.back();
}

// Every output place sees one input place: the places are rows of a matrix.
bool is_product(const NodeView& node) {
  const auto& op = node.as<Conv>();
  const kernels::Window window = window_of(op, node, kernel_of(node));
  const auto is_plain = [](const kernels::WindowAxis& axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.before == 0 && axis.input == axis.output;
  };
  return op.groups == 1 && is_plain(window.depth) && is_plain(window.height) && is_plain(window.width);
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions& numerics) {
  const auto& op = node.as<Conv>();
  if (node.inputs[0].dtype != DType::f32 || !can_fuse(op.epilogue.activation)) return std::nullopt;
  Choice choice;
  if (is_depthwise(node)) {
    choice.algorithm = kDepthwise;
    return choice;
  }
  if (!node.inputs[1].constant ||
      count_of(kernel_of(node)) > static_cast<std::int64_t>(kernels::kMaxConvTaps))
    return std::nullopt;
  if (!numerics.strict && pays_winograd(node)) {
    choice.algorithm = kWinograd;
    choice.packings.push_back({1, "winograd43"});
    return choice;
  }
  choice.algorithm = is_product(node) ? kGemm : kIndirect;
  choice.packings.push_back({1, "conv16"});
  return choice;
}

Step emit_indirect(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<Conv>();
  const kernels::Window window = window_of(op, node, kernel_of(node));
  const auto groups = static_cast<std::size_t>(op.groups);
  const auto inputs = static_cast<std::size_t>(node.inputs[0].dims.back());
  const auto outputs = static_cast<std::size_t>(node.outputs[0].dims.back());
  const std::size_t depth = window.taps() * (inputs / groups), columns = outputs / groups;
  const std::size_t rows = static_cast<std::size_t>(node.outputs[0].dims[0]) * window.places();
  const auto steps = static_cast<std::size_t>(window.height.stride * window.width.stride);
  const Product product{rows, columns, depth, inputs * steps * sizeof(float)};
  const Tiling tiling = choose_tiling(product, processor);
  const std::size_t group_panels = (columns + kernels::kPanel - 1) / kernels::kPanel,
                    panels = groups * group_panels;
  const Split split = choose_split(product, panels, tiling);

  const auto* const packed = reinterpret_cast<const float*>(node.inputs[1].packed);
  kernels::Conv conv{nullptr,
                     inputs,
                     packed,
                     packed + groups * kernels::panels16_size(depth, columns),
                     nullptr,
                     outputs,
                     window,
                     groups,
                     inputs / groups,
                     columns,
                     0,
                     rows,
                     0,
                     panels,
                     tiling.tile_rows,
                     tiling.tile_panels,
                     tiling.block_rows,
                     {}};
  Step step;
  step.kernel = kIndirect;
  step.chunks = split.chunks;
  step.work =
      make_work([conv, split, run = kernels::pick(kernels::conv, processor.isa), x = node.inputs[0].address,
                 c = node.outputs[0].address,
                 end = fused_end(op.epilogue, node, outputs)](const Frame& frame, Share share) noexcept {
        kernels::Conv p = conv;
        p.x = frame.at<const float>(x);
        p.c = frame.at<float>(c);
        p.end = end.at(frame);
        (split.by_rows ? p.row_begin : p.panel_begin) = split.begin(share.begin);
        (split.by_rows ? p.row_end : p.panel_end) = split.end(share.end);
        run(p);
      });
  return step;
}

Step emit_depthwise(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<Conv>();
  const kernels::Window window = window_of(op, node, kernel_of(node));
  const auto channels = static_cast<std::size_t>(node.outputs[0].dims.back());
  const std::size_t lines = static_cast<std::size_t>(node.outputs[0].dims[0]) * window.lines();
  const double flops =
      2.0 * static_cast<double>(window.taps() * channels) * static_cast<double>(window.width.output);
  // A depthwise flop costs about four of a matrix product's: it is bound by loads.
  const Split split = split_evenly(lines, 4 * flops, 1);
  kernels::Depthwise depthwise{nullptr,
                               channels,
                               nullptr,
                               nullptr,
                               channels,
                               window,
                               channels,
                               0,
                               lines,
                               0,
                               (channels + kernels::kPanel - 1) / kernels::kPanel,
                               {}};
  Step step;
  step.kernel = kDepthwise;
  step.chunks = split.chunks;
  step.work =
      make_work([depthwise, split, run = kernels::pick(kernels::depthwise, processor.isa),
                 x = node.inputs[0].address, weights = node.inputs[1].address, c = node.outputs[0].address,
                 end = fused_end(op.epilogue, node, channels)](const Frame& frame, Share share) noexcept {
        kernels::Depthwise p = depthwise;
        p.x = frame.at<const float>(x);
        p.weights = frame.at<const float>(weights);
        p.c = frame.at<float>(c);
        p.end = end.at(frame);
        p.line_begin = split.begin(share.begin);
        p.line_end = split.end(share.end);
        run(p);
      });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  if (choice.algorithm == kGemm)
    return emit_gemm(node, static_cast<std::size_t>(node.inputs[0].dims.back()), node.as<Conv>().epilogue,
                     processor);
  if (choice.algorithm == kWinograd) return emit_winograd(node, processor);
  return choice.algorithm == kDepthwise ? emit_depthwise(node, processor) : emit_indirect(node, processor);
}

}  // namespace

extern const Emitter k_conv;
constinit const Emitter k_conv = {"conv", choose, emit};

}  // namespace vivace::cpu
