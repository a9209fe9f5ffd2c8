// A convolution through row pointers as a step.
#include "cpu/common/fused_end.h"
#include "cpu/common/tiling.h"
#include "cpu/common/windows.h"
#include "cpu/linear/conv_steps.h"
#include "kernels/conv/conv.h"
#include "kernels/matrix/panels.h"
#include "ops/linear/conv.h"

namespace vivace::cpu {

Step emit_indirect(const NodeView& node, std::string_view algorithm, const Processor& processor) {
  const bool narrow = algorithm == kNarrow;
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
  const double row_flops = 2.0 * static_cast<double>(depth * columns);
  const Split split = narrow ? split_evenly(rows, row_flops, 64) : choose_split(product, panels, tiling);

  const auto* const packed = reinterpret_cast<const float*>(node.inputs[1].packed);
  kernels::Conv conv{nullptr,
                     node.inputs[0].step(),
                     packed,
                     packed + (narrow ? depth * columns : groups * kernels::panels16_size(depth, columns)),
                     nullptr,
                     node.outputs[0].step(),
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
  step.kernel = algorithm;
  step.chunks = split.chunks;
  const auto at = [conv, end = fused_end(op.epilogue, node, outputs)](const Frame& frame, const void* x,
                                                                      void* c) {
    kernels::Conv p = conv;
    p.x = static_cast<const float*>(x);
    p.c = static_cast<float*>(c);
    p.end = end.at(frame);
    return p;
  };
  const auto run = kernels::pick(narrow ? kernels::conv_narrow : kernels::conv, processor.isa);
  set_line_work(
      step,
      [=, x = node.inputs[0].address, c = node.outputs[0].address](const Frame& frame, Share share) {
        kernels::Conv p = at(frame, frame.at<void>(x), frame.at<void>(c));
        (split.by_rows ? p.row_begin : p.panel_begin) = split.begin(share.begin);
        (split.by_rows ? p.row_end : p.panel_end) = split.end(share.end);
        run(p);
      },
      [=](const Frame& frame, std::byte*, std::int64_t image, const void* x, void* c, LineSpan lines) {
        kernels::Conv p = at(frame, x, c);
        skip_rows(p.end, static_cast<std::size_t>(image) * window.places());
        p.row_begin = static_cast<std::size_t>(lines.begin * window.width.output);
        p.row_end = static_cast<std::size_t>(lines.end * window.width.output);
        run(p);
      });
  return step;
}

}  // namespace vivace::cpu
