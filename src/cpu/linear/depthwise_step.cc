// A depthwise convolution as a step.
#include "cpu/common/fused_end.h"
#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "cpu/linear/conv_steps.h"
#include "kernels/conv/conv.h"
#include "ops/linear/conv.h"

namespace vivace::cpu {

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
                               node.inputs[0].step(),
                               nullptr,
                               nullptr,
                               node.outputs[0].step(),
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
  const auto at = [depthwise, weights = node.inputs[1].address, end = fused_end(op.epilogue, node, channels)](
                      const Frame& frame, const void* x, void* c) {
    kernels::Depthwise p = depthwise;
    p.x = static_cast<const float*>(x);
    p.weights = frame.at<const float>(weights);
    p.c = static_cast<float*>(c);
    p.end = end.at(frame);
    return p;
  };
  const auto run = kernels::pick(kernels::depthwise, processor.isa);
  set_line_work(
      step,
      [=, x = node.inputs[0].address, c = node.outputs[0].address](const Frame& frame, Share share) {
        kernels::Depthwise p = at(frame, frame.at<void>(x), frame.at<void>(c));
        p.line_begin = split.begin(share.begin);
        p.line_end = split.end(share.end);
        run(p);
      },
      [=](const Frame& frame, std::byte*, std::int64_t image, const void* x, void* c, LineSpan span) {
        kernels::Depthwise p = at(frame, x, c);
        skip_rows(p.end, static_cast<std::size_t>(image) * window.places());
        p.line_begin = static_cast<std::size_t>(span.begin);
        p.line_end = static_cast<std::size_t>(span.end);
        run(p);
      });
  return step;
}

}  // namespace vivace::cpu
