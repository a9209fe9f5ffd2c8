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
                     depth,
                     reinterpret_cast<const float*>(node.inputs[1].packed),
                     nullptr,
                     columns,
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
  step.work = make_work([gemm, split, run = kernels::pick(kernels::gemm, processor.isa),
                         a = node.inputs[0].address, c = node.outputs[0].address,
                         end = fused_end(epilogue, node, columns)](const Frame& frame, Share share) noexcept {
    kernels::Gemm p = gemm;
    p.a = frame.at<const float>(a);
    p.c = frame.at<float>(c);
    p.end = end.at(frame);
    (split.by_rows ? p.row_begin : p.panel_begin) = split.begin(share.begin);
    (split.by_rows ? p.row_end : p.panel_end) = split.end(share.end);
    run(p);
  });
  return step;
}

}  // namespace vivace::cpu
