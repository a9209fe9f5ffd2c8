#include "cpu/quantised/q_product.h"

#include "cpu/common/tiling.h"
#include "cpu/elementwise/functions.h"
#include "cpu/quantised/bytes.h"
#include "cpu/quantised/ends.h"
#include "cpu/quantised/packing.h"
#include "kernels/matrix/tile.h"
#include "kernels/quantised/q_conv.h"

namespace vivace::cpu {
namespace {

std::string_view kernel_name(bool words) { return words ? "q_conv words" : "q_conv bytes"; }

}  // namespace

bool has_byte_factors(const NodeView& node) {
  return has_elements(node) && is_byte(node.inputs[0].dtype) && is_byte(node.inputs[1].dtype) &&
         node.inputs[1].constant != nullptr;
}

bool wants_words(const NodeView& node, std::int64_t weights_zero, const Processor& processor) {
  return !processor.vnni || node.inputs[1].dtype != DType::i8 || weights_zero != 0;
}

Product q_sizes(const QMatrix& matrix, std::size_t rows, std::size_t row_bytes, bool words) {
  const std::size_t depth = matrix.taps * matrix.inputs;
  return {rows, matrix.outputs, depth / (words ? 2 : 4) + 1, row_bytes + 1};
}

Step emit_q_product(const NodeView& node, const QProduct& product, const Processor& processor) {
  const QMatrix matrix = q_matrix(node, 1);
  const bool is_signed = node.inputs[0].dtype == DType::i8;
  const std::size_t depth = matrix.taps * matrix.inputs, columns = matrix.outputs;
  const std::size_t rows = static_cast<std::size_t>(product.images) * product.window.places();
  const std::size_t panels = (columns + kernels::kPanel - 1) / kernels::kPanel;
  const auto inputs = static_cast<std::size_t>(node.inputs[0].dims.back());
  const Product sizes = q_sizes(matrix, rows, inputs, product.words);
  const Tiling tiling = choose_tiling(sizes, processor);
  const Split split = choose_split(sizes, panels, tiling);
  const auto zero = static_cast<std::int32_t>(product.x_zero);
  kernels::QConv conv{};
  conv.weights = node.inputs[1].packed;
  conv.window = product.window;
  conv.inputs = inputs;
  conv.outputs = columns;
  conv.zero = zero;
  conv.is_signed = is_signed;
  conv.words = product.words;
  conv.row_end = rows;
  conv.panel_end = panels;
  conv.tile_rows = tiling.tile_rows;
  conv.tile_panels = std::min<std::size_t>(tiling.tile_panels, 4);
  EndArrays end = byte_end(product.end, node, 2, q_column_sums(matrix, product.words, conv.weights),
                           product.words ? 0 : zero + (is_signed ? 128 : 0), depth);
  Step step;
  step.kernel = kernel_name(product.words);
  step.chunks = split.chunks;
  step.workspace_bytes = kernels::q_conv_workspace(conv.window, conv.inputs, conv.words);
  step.work = make_work(
      [conv, split, end = std::move(end), run = kernels::pick(kernels::q_conv, processor.isa, processor.vnni),
       x = node.inputs[0].address, c = node.outputs[0].address](const Frame& frame, Share share) noexcept {
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
