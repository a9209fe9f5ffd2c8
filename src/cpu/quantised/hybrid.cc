// hybrid_conv and hybrid_mat_mul: products of bytes whose rows have scales and zero points found when run.
#include <algorithm>
#include <numeric>

#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "cpu/quantised/bytes.h"
#include "cpu/quantised/packing.h"
#include "cpu/quantised/q_product.h"
#include "kernels/matrix/tile.h"
#include "kernels/quantised/q_conv.h"
#include "kernels/quantised/q_depthwise.h"
#include "ops/hybrid/hybrid_conv.h"
#include "ops/hybrid/hybrid_mat_mul.h"

namespace vivace::cpu {
namespace {

enum Input : std::size_t { kX, kWeights, kScales, kZeros, kBias };
constexpr std::int64_t kMostTaps = 4096;
constexpr std::string_view kProduct = "hybrid_conv", kDepthwise = "hybrid_depthwise";

std::span<const std::int64_t> kernel_of(const NodeView& node) {
  return std::span(node.inputs[kWeights].dims).first(node.inputs[kWeights].dims.size() - 2);
}

bool has_constants(const NodeView& node) {
  return has_elements(node) && node.inputs[kWeights].constant &&
         (!node.has(kBias) || node.inputs[kBias].constant);
}

Choice packed(std::string_view algorithm, std::string_view layout) {
  Choice choice;
  choice.algorithm = algorithm;
  choice.packings.push_back({kWeights, std::string(layout)});
  return choice;
}

Factors conv_factors(const NodeView& node, const Processor& processor) {
  return choose_factors(node, 0, window_of(node.as<HybridConv>(), node, kernel_of(node)).places(), processor);
}

Factors channel_factors(const NodeView& node, const Processor& processor) {
  return choose_factors(node, 0, 0, processor);
}

std::optional<Choice> choose_conv(const NodeView& node, const Processor& processor, const NumericOptions&) {
  const std::int64_t groups = node.as<HybridConv>().groups;
  const std::size_t rank = node.inputs[kX].dims.size();
  if (!has_constants(node) || rank < 3 || rank > 4 || count_of(kernel_of(node)) > kMostTaps)
    return std::nullopt;
  if (groups == 1) return packed(kProduct, q_layout(node, kWeights, conv_factors(node, processor)));
  const bool depthwise = groups == node.inputs[kX].dims.back() && groups == node.outputs[0].dims.back();
  if (!depthwise) return std::nullopt;
  return packed(kDepthwise, q_channels_layout(channel_factors(node, processor)));
}

std::optional<Choice> choose_mat_mul(const NodeView& node, const Processor& processor,
                                     const NumericOptions&) {
  if (!has_constants(node) || node.outputs[0].dims.empty()) return std::nullopt;
  return packed(kProduct, q_layout(node, kWeights, choose_factors(node, 0, rows_of_sample(node), processor)));
}

// The parts of a FloatEnd that are known when the plan is made, for whole panels of columns.
struct FloatArrays {
  std::vector<float> scales, bias;
  bool weights_scale_first;

  FloatArrays(const HybridEnd& end, const NodeView& node) : weights_scale_first(end.weights_scale_first) {
    const auto columns = static_cast<std::size_t>(node.outputs[0].dims.back());
    const std::size_t padded = (columns + kernels::kPanel - 1) / kernels::kPanel * kernels::kPanel;
    scales.resize(padded);
    bias.resize(padded);
    for (std::size_t c = 0; c < columns; ++c)
      scales[c] = static_cast<float>(end.weights_scales[end.weights_scales.size() > 1 ? c : 0]);
    if (node.has(kBias)) std::copy_n(node.inputs[kBias].constant->as<float>(), columns, bias.data());
  }
};

// What both kernels share: rows of places that have one scale and zero point together.
struct Rows {
  FloatArrays arrays;
  std::span<const std::int32_t> sums;  // of the weights' columns
  Address x, scales, zeros, y;
  std::size_t rows_each;
  std::size_t lines_bytes;  // of the workspace; then a bias for the sums of each column

  // Calls run(p) for those of the rows [p.*begin, p.*end), `unit` places each, that have one zero point.
  template <class Params, class Run>
  void for_each_zero(const Frame& frame, int worker, Params p, std::size_t Params::*begin,
                     std::size_t Params::*end, std::size_t unit, Factors factors, const Run& run) const {
    const auto* const zero_of = frame.at<const std::int32_t>(zeros);
    p.x = frame.at<const std::uint8_t>(x);
    p.y = frame.at<float>(y);
    p.workspace = frame.workspace_of(worker);
    auto* const sums_bias = reinterpret_cast<std::int32_t*>(p.workspace + lines_bytes);
    p.float_end = {sums_bias, arrays.scales.data(),      arrays.bias.data(), frame.at<const float>(scales),
                   rows_each, arrays.weights_scale_first};
    const std::size_t each = rows_each / unit, last = p.*end;
    for (std::size_t row = p.*begin; row < last; row = p.*end) {
      const std::int32_t zero = zero_of[row / each];
      std::size_t next = row / each + 1;
      while (next * each < last && zero_of[next] == zero) ++next;
      p.*begin = row;
      p.*end = std::min(last, next * each);
      p.zero = zero;
      const std::int32_t less = zero_in_sums(factors, zero, true);
      for (std::size_t c = 0; c < sums.size(); ++c)
        sums_bias[c] = static_cast<std::int32_t>(0u - static_cast<std::uint32_t>(less) *
                                                          static_cast<std::uint32_t>(sums[c]));
      run(p);
    }
  }
};

Rows rows_of(const NodeView& node, const HybridEnd& end, std::span<const std::int32_t> sums,
             std::size_t rows_each, std::size_t lines_bytes) {
  return {FloatArrays(end, node),
          sums,
          node.inputs[kX].address,
          node.inputs[kScales].address,
          node.inputs[kZeros].address,
          node.outputs[0].address,
          std::max<std::size_t>(1, rows_each),
          (lines_bytes + 63) / 64 * 64};
}

Step emit_product(const NodeView& node, const QProduct& product, std::size_t rows_each, const HybridEnd& end,
                  const Processor& processor) {
  const QProductPlan plan = plan_product(node, kWeights, product, processor);
  const Factors factors = product.factors;
  Step step;
  step.kernel = factors == Factors::words   ? "hybrid_conv words"
                : factors == Factors::bytes ? "hybrid_conv bytes"
                                            : "hybrid_conv tiles";
  step.chunks = plan.split.chunks;
  Rows rows = rows_of(node, end, plan.sums, rows_each, plan.workspace_bytes);
  step.workspace_bytes = rows.lines_bytes + rows.sums.size_bytes();
  step.work = make_work([conv = plan.conv, split = plan.split, run = plan.run, rows = std::move(rows),
                         factors](const Frame& frame, Share share) noexcept {
    kernels::QConv p = conv;
    (split.by_rows ? p.row_begin : p.panel_begin) = split.begin(share.begin);
    (split.by_rows ? p.row_end : p.panel_end) = split.end(share.end);
    rows.for_each_zero(frame, share.worker, p, &kernels::QConv::row_begin, &kernels::QConv::row_end, 1,
                       factors, run);
  });
  return step;
}

Step emit_depthwise(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<HybridConv>();
  const QMatrix matrix = q_matrix(node, kWeights);
  const Factors factors = channel_factors(node, processor);
  kernels::QDepthwise depthwise{};
  depthwise.weights = reinterpret_cast<const std::int32_t*>(node.inputs[kWeights].packed);
  depthwise.window = window_of(op, node, kernel_of(node));
  depthwise.channels = matrix.outputs;
  depthwise.is_signed = true;
  depthwise.words = factors == Factors::words;
  const kernels::Window& window = depthwise.window;
  depthwise.line_end = static_cast<std::size_t>(node.outputs[0].dims[0]) * window.lines();
  const double flops =
      2.0 * static_cast<double>(matrix.taps * matrix.outputs) * static_cast<double>(window.width.output);
  const Split split = split_evenly(depthwise.line_end, 3 * flops, 1);
  Step step;
  step.kernel = kDepthwise;
  step.chunks = split.chunks;
  Rows rows = rows_of(node, op.end, q_channel_sums(node, kWeights, factors), window.places(),
                      kernels::q_depthwise_workspace(window, depthwise.channels, depthwise.words));
  step.workspace_bytes = rows.lines_bytes + rows.sums.size_bytes();
  step.work = make_work([depthwise, split, rows = std::move(rows),
                         run = kernels::pick(kernels::q_depthwise, processor.isa, processor.vnni)](
                            const Frame& frame, Share share) noexcept {
    kernels::QDepthwise p = depthwise;
    p.line_begin = split.begin(share.begin);
    p.line_end = split.end(share.end);
    rows.for_each_zero(frame, share.worker, p, &kernels::QDepthwise::line_begin,
                       &kernels::QDepthwise::line_end, static_cast<std::size_t>(p.window.width.output),
                       Factors::bytes, run);
  });
  return step;
}

Result<Step> emit_conv(const NodeView& node, const Choice& choice, const Processor& processor) {
  if (choice.algorithm == kDepthwise) return emit_depthwise(node, processor);
  const auto& op = node.as<HybridConv>();
  const kernels::Window window = window_of(op, node, kernel_of(node));
  return emit_product(node, {window, node.outputs[0].dims[0], 0, conv_factors(node, processor)},
                      window.places(), op.end, processor);
}

// Rows are the lines of an image one place wide.
Result<Step> emit_mat_mul(const NodeView& node, const Choice&, const Processor& processor) {
  kernels::Window window;
  const std::int64_t columns = node.outputs[0].dims.back();
  window.height.input = window.height.output = columns == 0 ? 0 : node.outputs[0].count() / columns;
  return emit_product(node, {window, 1, 0, choose_factors(node, 0, rows_of_sample(node), processor)}, 1,
                      node.as<HybridMatMul>().end, processor);
}

}  // namespace

extern const Emitter k_hybrid_conv, k_hybrid_mat_mul;
constinit const Emitter k_hybrid_conv = {"hybrid_conv", choose_conv, emit_conv};
constinit const Emitter k_hybrid_mat_mul = {"hybrid_mat_mul", choose_mat_mul, emit_mat_mul};

}  // namespace vivace::cpu
