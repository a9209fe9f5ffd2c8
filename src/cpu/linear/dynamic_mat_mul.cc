// mat_mul of two computed operands, as in attention: each chunk packs the panels of b that it multiplies, so
// that nothing is packed twice and no thread waits for another's packing.
#include <algorithm>

#include "cpu/common/fused_end.h"
#include "cpu/common/tiling.h"
#include "cpu/linear/mat_mul_steps.h"
#include "kernels/matrix/gemm.h"
#include "kernels/matrix/panels.h"
#include "ops/linear/mat_mul.h"

namespace vivace::cpu {
namespace {

using kernels::kPanel;

// Where one operand's matrix lies for each place of the batch axes.
struct Side {
  Address address;
  std::vector<std::size_t> offsets;  // in floats
  std::size_t row_stride, column_stride;
};

Side side_of(const Operand& operand, bool transposed, std::span<const std::int64_t> batch) {
  const Shape& dims = operand.dims;
  const auto width = static_cast<std::size_t>(dims.back());
  if (dims.size() == 1) {
    const auto places = static_cast<std::size_t>(count_of(batch));
    return {operand.address, std::vector<std::size_t>(places), width, 1};
  }
  Side side{operand.address, {0}, width, 1};
  if (transposed) std::swap(side.row_stride, side.column_stride);
  // Offsets of the batch places, built from the innermost axis outwards.
  std::size_t stride = width * static_cast<std::size_t>(dims[dims.size() - 2]);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::size_t axis = batch.size() - 1 - i;
    const bool given = i + 2 < dims.size();
    const std::int64_t size = given ? dims[dims.size() - 3 - i] : 1;
    std::vector<std::size_t> longer;
    for (std::int64_t place = 0; place < batch[axis]; ++place)
      for (const std::size_t offset : side.offsets)
        longer.push_back(offset + (size == 1 ? 0 : static_cast<std::size_t>(place) * stride));
    side.offsets = std::move(longer);
    stride *= static_cast<std::size_t>(size);
  }
  return side;
}

struct Dynamic {
  Side a, b;
  bool turn_a;  // a is transposed: its rows are copied straight first
  Address c;
  kernels::Gemm gemm;
  std::size_t panels, group, groups;  // panels in all, in a chunk, chunks in one product
  FusedEnd end;
  kernels::KernelFunction<kernels::Gemm> run;

  std::size_t rows() const { return gemm.row_end; }
  std::size_t panel_floats() const { return group * kPanel * gemm.k; }
  std::size_t workspace_floats() const { return panel_floats() + (turn_a ? rows() * gemm.k : 0); }

  void run_chunk(const Frame& frame, std::size_t chunk, float* workspace) const noexcept {
    const std::size_t matrix = chunk / groups, first = chunk % groups * group;
    const std::size_t count = std::min(group, panels - first), column = first * kPanel;
    kernels::Gemm p = gemm;
    const float* const from = frame.at<const float>(b.address) + b.offsets[matrix];
    kernels::pack_panels16({from + column * b.column_stride, p.k, std::min(count * kPanel, p.n - column),
                            b.row_stride, b.column_stride},
                           workspace);
    p.b = workspace;
    p.a = frame.at<const float>(a.address) + a.offsets[matrix];
    if (turn_a) p.a = turned(p.a, workspace + panel_floats());
    p.c = frame.at<float>(c) + matrix * rows() * p.n + column;
    p.end = end.at(frame);
    if (p.end.bias) p.end.bias += column;
    if (p.end.residual) p.end.residual += matrix * rows() * p.n + column;
    p.n -= column;
    p.panel_end = count;
    run(p);
  }

  const float* turned(const float* from, float* into) const noexcept {
    for (std::size_t k = 0; k < gemm.k; ++k)
      for (std::size_t i = 0; i < rows(); ++i) into[i * gemm.k + k] = from[k * a.column_stride + i];
    return into;
  }
};

// The batch axes of y, of which shared ones fold into the rows where b has none.
Shape batch_of(const NodeView& node, bool fold) {
  const Shape &a = node.inputs[0].dims, &y = node.outputs[0].dims;
  if (fold || a.size() == 1) return a.size() == 1 ? Shape(y.begin(), y.end() - 1) : Shape();
  return Shape(y.begin(), y.end() - 2);
}

}  // namespace

Step emit_dynamic_mat_mul(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<MatMul>();
  const Operand &a = node.inputs[0], &b = node.inputs[1], &y = node.outputs[0];
  const bool turn_a = op.transpose_a && a.dims.size() > 1;
  const Shape batch = batch_of(node, b.dims.size() == 2 && !turn_a && a.dims.size() > 1);
  const auto matrices = static_cast<std::size_t>(count_of(batch));
  const auto columns = static_cast<std::size_t>(y.dims.back());
  const auto depth = static_cast<std::size_t>(b.dims[b.dims.size() - (op.transpose_b ? 1 : 2)]);
  const std::size_t rows =
      columns * matrices == 0 ? 0 : static_cast<std::size_t>(y.count()) / columns / matrices;
  const Tiling tiling = choose_tiling({rows, columns, depth, depth * sizeof(float)}, processor);

  const std::size_t panels = (columns + kPanel - 1) / kPanel;
  // As many panels as stay in L2 beside a's rows; fewer where there is only one product to share out.
  const std::size_t fit = processor.l2_bytes / 4 / sizeof(float) / std::max<std::size_t>(1, kPanel * depth);
  const std::size_t wish = turn_a          ? panels
                           : matrices >= 8 ? fit
                                           : std::min<std::size_t>(fit, 2 * tiling.tile_panels);
  const std::size_t group = std::clamp<std::size_t>(wish, 1, std::max<std::size_t>(1, panels));
  Dynamic dynamic{side_of(a, turn_a, batch),
                  side_of(b, op.transpose_b, batch),
                  turn_a,
                  y.address,
                  {},
                  panels,
                  group,
                  (panels + group - 1) / group,
                  fused_end(op.epilogue, node, columns),
                  kernels::pick(kernels::gemm, processor.isa)};
  dynamic.gemm = {nullptr,
                  depth,
                  nullptr,
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
  step.kernel = "gemm_dynamic";
  step.chunks = static_cast<std::int64_t>(std::max<std::size_t>(1, matrices * dynamic.groups));
  step.workspace_bytes = dynamic.workspace_floats() * sizeof(float);
  if (matrices * dynamic.groups == 0) {
    step.work = make_work([](const Frame&, Share) noexcept {});
    return step;
  }
  step.work = make_work([dynamic = std::move(dynamic)](const Frame& frame, Share share) noexcept {
    auto* const workspace = reinterpret_cast<float*>(frame.workspace_of(share.worker));
    for (std::int64_t chunk = share.begin; chunk < share.end; ++chunk)
      dynamic.run_chunk(frame, static_cast<std::size_t>(chunk), workspace);
  });
  return step;
}

}  // namespace vivace::cpu
