// A matrix product with packed weights as a step.
#include "cpu/common/fused_end.h"
#include "cpu/common/tiling.h"
#include "cpu/linear/mat_mul_steps.h"
#include "kernels/matrix/gemm.h"

namespace vivace::cpu {

Step emit_gemm(const NodeView& node, std::size_t depth, const Epilogue& epilogue,
               const Processor& processor) {
  const auto columns = static_cast<std::size_t>(node.outputs[0].dims.back());
  const std::size_t rows = columns == 0 ? 0 : static_cast<std::size_t>(node.outputs[0].count()) / columns;
  const Product product{rows, columns, depth, depth * sizeof(float)};
  const Tiling tiling = choose_tiling(product, processor);
  const std::size_t panels = (columns + kernels::kPanel - 1) / kernels::kPanel;
  const Split split = choose_split(product, panels, tiling);

  kernels::Gemm gemm{nullptr,
                     node.inputs[0].place_step != 0 ? node.inputs[0].step() : depth,
                     reinterpret_cast<const float*>(node.inputs[1].packed),
                     nullptr,
                     node.outputs[0].step(),
                     depth,
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
  step.kernel = kGemm;
  step.chunks = split.chunks;
  const auto at = [gemm, end = fused_end(epilogue, node, columns)](const Frame& frame, const void* a,
                                                                   void* c) {
    kernels::Gemm p = gemm;
    p.a = static_cast<const float*>(a);
    p.c = static_cast<float*>(c);
    p.end = end.at(frame);
    return p;
  };
  const auto run = kernels::pick(kernels::gemm, processor.isa);
  const Shape& y = node.outputs[0].dims;
  const std::size_t line = y.size() == 4 ? static_cast<std::size_t>(y[2]) : 0;  // rows of c in a line
  const std::size_t image_rows = y.size() == 4 ? static_cast<std::size_t>(y[1]) * line : 0;
  set_line_work(
      step,
      [=, a = node.inputs[0].address, c = node.outputs[0].address](const Frame& frame, Share share) {
        kernels::Gemm p = at(frame, frame.at<void>(a), frame.at<void>(c));
        (split.by_rows ? p.row_begin : p.panel_begin) = split.begin(share.begin);
        (split.by_rows ? p.row_end : p.panel_end) = split.end(share.end);
        run(p);
      },
      [=](const Frame& frame, std::byte*, std::int64_t image, const void* a, void* c, LineSpan lines) {
        kernels::Gemm p = at(frame, a, c);
        skip_rows(p.end, static_cast<std::size_t>(image) * image_rows);
        p.row_begin = static_cast<std::size_t>(lines.begin) * line;
        p.row_end = static_cast<std::size_t>(lines.end) * line;
        run(p);
      });
  return step;
}

}  // namespace vivace::cpu
