// mat_mul: packed weights where b is constant, else b packed panel by panel as it comes.
#include "ops/linear/mat_mul.h"

#include <algorithm>

#include "cpu/common/fused_end.h"
#include "cpu/common/tiling.h"
#include "cpu/linear/mat_mul_steps.h"
#include "kernels/matrix/gemm.h"

namespace vivace::cpu {
namespace {

constexpr std::string_view kPacked = "gemm", kDynamic = "gemm_dynamic";

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  const auto& op = node.as<MatMul>();
  const Operand &a = node.inputs[0], &b = node.inputs[1];
  if (a.dtype != DType::f32 || !can_fuse(op.epilogue.activation)) return std::nullopt;
  Choice choice;
  const bool rows_lie_straight = !op.transpose_a || a.dims.size() == 1;
  if (!b.constant || b.dims.size() != 2 || !rows_lie_straight) {
    choice.algorithm = kDynamic;
    return choice;
  }
  choice.algorithm = kPacked;
  choice.packings.push_back({1, op.transpose_b ? "panel16_transposed" : "panel16"});
  return choice;
}

// All leading axes of a are rows of one product.
Step emit_packed(const NodeView& node, const Processor& processor) {
  const auto columns = static_cast<std::size_t>(node.outputs[0].dims.back());
  const auto depth = static_cast<std::size_t>(node.inputs[0].dims.back());
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
  step.kernel = kPacked;
  step.chunks = split.chunks;
  step.work =
      make_work([gemm, split, run = kernels::pick(kernels::gemm, processor.isa), a = node.inputs[0].address,
                 c = node.outputs[0].address, end = fused_end(node.as<MatMul>().epilogue, node, columns)](
                    const Frame& frame, Share share) noexcept {
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

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  return choice.algorithm == kPacked ? emit_packed(node, processor) : emit_dynamic_mat_mul(node, processor);
}

}  // namespace

extern const Emitter k_mat_mul;
constinit const Emitter k_mat_mul = {"mat_mul", choose, emit};

}  // namespace vivace::cpu
