#include "cpu/quantised/q_product.h"

#include "cpu/common/tiling.h"
#include "cpu/elementwise/functions.h"
#include "cpu/quantised/bytes.h"
#include "cpu/quantised/ends.h"
#include "cpu/quantised/packing.h"
#include "kernels/matrix/tile.h"
#include "kernels/quantised/q_conv_tiles.h"
#include "machine/cpu_features.h"

namespace vivace::cpu {
namespace {

// Tiles pay from a whole one on, where a step of 64 bytes of k, which takes them as long as VNNI's take for a
// dozen, is not mostly empty, and from so many products that their setting up counts for little.
constexpr std::size_t kTileRows = 16, kTileStep = 12, kTileProducts = 1 << 20;

std::string_view kernel_name(Factors factors) {
  constexpr std::string_view kNames[] = {"q_conv words", "q_conv bytes", "q_conv tiles"};
  return kNames[static_cast<std::size_t>(factors)];
}

// As a product of floats, whose tiles count k in the same groups of 4 bytes. A sum's end takes as long as
// some more of them, and columns are whole panels.
Product sizes_of(const QProductPlan& plan, std::size_t depth, Factors factors) {
  constexpr std::size_t kEnd = 8;
  return {plan.conv.row_end, plan.conv.panel_end * kernels::kPanel,
          depth / (factors == Factors::words ? 2 : 4) + kEnd, plan.conv.inputs + 1};
}

Tiling tiling_of(const Product& sizes, Factors factors, const Processor& processor) {
  if (factors == Factors::tiles) return {2 * kTileRows, 2, 2 * kTileRows, true};
  Tiling tiling = choose_tiling(sizes, processor);
  tiling.tile_panels = std::min<std::size_t>(tiling.tile_panels, 4);
  return tiling;
}

}  // namespace

bool has_byte_factors(const NodeView& node) {
  return has_elements(node) && is_byte(node.inputs[0].dtype) && is_byte(node.inputs[1].dtype) &&
         node.inputs[1].constant != nullptr;
}

Factors choose_factors(const NodeView& node, std::int64_t weights_zero, std::size_t rows,
                       const Processor& processor) {
  if (!processor.vnni || node.inputs[1].dtype != DType::i8 || weights_zero != 0) return Factors::words;
  const QMatrix matrix = q_matrix(node, 1);
  const std::size_t depth = matrix.taps * matrix.inputs;
  const std::size_t steps = matrix.taps * (kernels::q_tile_depth(matrix.inputs) / 64);
  const bool large =
      rows >= kTileRows && depth >= kTileStep * steps && rows * depth * matrix.outputs >= kTileProducts;
  return processor.amx && large && machine::allow_tiles() ? Factors::tiles : Factors::bytes;
}

std::size_t rows_of_sample(const NodeView& node) {
  const Shape& y = node.outputs[0].dims;
  return y.size() < 2 ? 1 : static_cast<std::size_t>(count_of(std::span(y).subspan(1, y.size() - 2)));
}

QProductPlan plan_product(const NodeView& node, std::size_t weights, const QProduct& product,
                          const Processor& processor) {
  const QMatrix matrix = q_matrix(node, weights);
  const Factors factors = product.factors;
  QProductPlan plan;
  kernels::QConv& conv = plan.conv;
  conv.weights = node.inputs[weights].packed;
  conv.window = product.window;
  conv.inputs = static_cast<std::size_t>(node.inputs[0].dims.back());
  conv.outputs = matrix.outputs;
  conv.zero = static_cast<std::int32_t>(product.x_zero);
  conv.is_signed = node.inputs[0].dtype == DType::i8;
  conv.words = factors == Factors::words;
  conv.rows = conv.row_end = static_cast<std::size_t>(product.images) * product.window.places();
  conv.panel_end = (matrix.outputs + kernels::kPanel - 1) / kernels::kPanel;
  plan.sums = q_column_sums(matrix, factors, conv.weights);
  plan.most = most_of_sums(matrix);
  const Product sizes = sizes_of(plan, matrix.taps * matrix.inputs, factors);
  const Tiling tiling = tiling_of(sizes, factors, processor);
  plan.split = choose_split(sizes, conv.panel_end, tiling);
  conv.tile_rows = tiling.tile_rows;
  conv.tile_panels = tiling.tile_panels;
  const bool tiles = factors == Factors::tiles;
  plan.run = tiles ? kernels::q_conv_tiles : kernels::pick(kernels::q_conv, processor.isa, processor.vnni);
  plan.workspace_bytes = tiles ? kernels::q_conv_tiles_workspace(conv.window, conv.inputs)
                               : kernels::q_conv_workspace(conv.window, conv.inputs, conv.words);
  return plan;
}

std::int32_t zero_in_sums(Factors factors, std::int32_t x_zero, bool is_signed) {
  if (factors == Factors::words) return 0;
  return x_zero + (factors == Factors::bytes && is_signed ? 128 : 0);
}

Step emit_q_product(const NodeView& node, const QProduct& product, const Requantisation& requantisation,
                    const Processor& processor) {
  const QProductPlan plan = plan_product(node, 1, product, processor);
  const std::int32_t less = zero_in_sums(product.factors, plan.conv.zero, plan.conv.is_signed);
  EndArrays end = byte_end(requantisation, node, 2, plan.sums, less, plan.most);
  Step step;
  step.kernel = kernel_name(product.factors);
  step.chunks = plan.split.chunks;
  step.workspace_bytes = plan.workspace_bytes;
  step.work = make_work([conv = plan.conv, split = plan.split, run = plan.run, end = std::move(end),
                         x = node.inputs[0].address,
                         c = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    kernels::QConv p = conv;
    p.x = frame.at<const std::uint8_t>(x);
    p.c = frame.at<std::uint8_t>(c);
    p.workspace = frame.workspace_of(share.worker);
    p.end = end.view();
    (split.by_rows ? p.row_begin : p.panel_begin) = split.begin(share.begin);
    (split.by_rows ? p.row_end : p.panel_end) = split.end(share.end);
    run(p);
  });
  return step;
}

}  // namespace vivace::cpu
