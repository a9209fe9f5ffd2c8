// q_conv over one or two axes: a product of bytes, or channel by channel where it is depthwise.
#include "ops/quantised/q_conv.h"

#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "cpu/quantised/ends.h"
#include "cpu/quantised/packing.h"
#include "cpu/quantised/q_product.h"
#include "kernels/quantised/q_depthwise.h"

namespace vivace::cpu {
namespace {

constexpr std::int64_t kMostTaps = 4096;
constexpr std::string_view kProduct = "q_conv", kDepthwise = "q_depthwise";

std::span<const std::int64_t> kernel_of(const NodeView& node) {
  return std::span(node.inputs[1].dims).first(node.inputs[1].dims.size() - 2);
}

bool is_depthwise(const NodeView& node) {
  const std::int64_t groups = node.as<QConv>().groups;
  return groups > 1 && groups == node.inputs[0].dims.back() && groups == node.outputs[0].dims.back();
}

// A channel of its own has no rows to fill tiles.
Factors channel_factors(const NodeView& node, const Processor& processor) {
  return choose_factors(node, node.as<QConv>().weights_zero, 0, processor);
}

// Those of one sample are its output places.
Factors factors_of(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<QConv>();
  return choose_factors(node, op.weights_zero, window_of(op, node, kernel_of(node)).places(), processor);
}

std::optional<Choice> choose(const NodeView& node, const Processor& processor, const NumericOptions&) {
  const auto& op = node.as<QConv>();
  const std::size_t rank = node.inputs[0].dims.size();
  if (!has_byte_factors(node) || !has_byte_end(op.end, node, 2)) return std::nullopt;
  if (rank < 3 || rank > 4 || count_of(kernel_of(node)) > kMostTaps) return std::nullopt;
  Choice choice;
  if (is_depthwise(node) && op.end.rounding != Rounding::real) {
    choice.algorithm = kDepthwise;
    choice.packings.push_back({1, std::string(q_channels_layout(channel_factors(node, processor)))});
    return choice;
  }
  if (op.groups != 1) return std::nullopt;
  choice.algorithm = kProduct;
  choice.packings.push_back({1, std::string(q_layout(node, 1, factors_of(node, processor)))});
  return choice;
}

Step emit_depthwise(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<QConv>();
  const QMatrix matrix = q_matrix(node, 1);
  const bool is_signed = node.inputs[0].dtype == DType::i8;
  const Factors factors = channel_factors(node, processor);
  kernels::QDepthwise depthwise{};
  depthwise.weights = reinterpret_cast<const std::int32_t*>(node.inputs[1].packed);
  depthwise.window = window_of(op, node, kernel_of(node));
  depthwise.channels = matrix.outputs;
  depthwise.zero = static_cast<std::int32_t>(op.input_zero);
  depthwise.is_signed = is_signed;
  depthwise.words = factors == Factors::words;
  const std::size_t lines = static_cast<std::size_t>(node.outputs[0].dims[0]) * depthwise.window.lines();
  const double flops = 2.0 * static_cast<double>(matrix.taps * matrix.outputs) *
                       static_cast<double>(depthwise.window.width.output);
  // Such a product costs about three of a matrix product's.
  const Split split = split_evenly(lines, 3 * flops, 1);
  EndArrays end = byte_end(op.end, node, 2, q_channel_sums(node, 1, factors),
                           zero_in_sums(Factors::bytes, depthwise.zero, is_signed), most_of_sums(matrix));
  Step step;
  step.kernel = kDepthwise;
  step.chunks = split.chunks;
  step.workspace_bytes =
      kernels::q_depthwise_workspace(depthwise.window, depthwise.channels, depthwise.words);
  step.work = make_work([depthwise, split, end = std::move(end),
                         run = kernels::pick(kernels::q_depthwise, processor.isa, processor.vnni),
                         x = node.inputs[0].address,
                         c = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    kernels::QDepthwise p = depthwise;
    p.x = frame.at<const std::uint8_t>(x);
    p.c = frame.at<std::uint8_t>(c);
    p.workspace = frame.workspace_of(share.worker);
    p.end = end.view();
    p.line_begin = split.begin(share.begin);
    p.line_end = split.end(share.end);
    run(p);
  });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  if (choice.algorithm == kDepthwise) return emit_depthwise(node, processor);
  const auto& op = node.as<QConv>();
  return emit_q_product(node,
                        {window_of(op, node, kernel_of(node)), node.outputs[0].dims[0], op.input_zero,
                         factors_of(node, processor)},
                        op.end, processor);
}

}  // namespace

extern const Emitter k_q_conv;
constinit const Emitter k_q_conv = {"q_conv", choose, emit};

}  // namespace vivace::cpu
