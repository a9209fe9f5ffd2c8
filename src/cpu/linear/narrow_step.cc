// A matrix product with few columns as a step: a convolution of one tap over the rows.
#include "cpu/common/fused_end.h"
#include "cpu/common/tiling.h"
#include "cpu/linear/mat_mul_steps.h"
#include "kernels/conv/conv.h"
#include "ops/linear/mat_mul.h"

namespace vivace::cpu {

Step emit_narrow_product(const NodeView& node, const Processor& processor) {
  const auto columns = static_cast<std::size_t>(node.outputs[0].dims.back());
  const auto depth = static_cast<std::size_t>(node.inputs[0].dims.back());
  const std::int64_t rows = node.outputs[0].count() / node.outputs[0].dims.back();
  constexpr std::size_t kRowsAtOnce = 4;
  const Split split =
      split_evenly(static_cast<std::size_t>(rows), 2.0 * static_cast<double>(depth * columns), kRowsAtOnce);
  kernels::Conv product{};
  product.x_stride = product.group_inputs = depth;
  product.weights = reinterpret_cast<const float*>(node.inputs[1].packed);
  product.c_stride = product.group_outputs = columns;
  product.groups = 1;
  product.window.width.input = product.window.width.output = rows;
  Step step;
  step.kernel = kNarrowProduct;
  step.chunks = split.chunks;
  step.work = make_work(
      [product, split, run = kernels::pick(kernels::conv_narrow, processor.isa), x = node.inputs[0].address,
       c = node.outputs[0].address,
       end = fused_end(node.as<MatMul>().epilogue, node, columns)](const Frame& frame, Share share) noexcept {
        kernels::Conv p = product;
        p.x = frame.at<const float>(x);
        p.c = frame.at<float>(c);
        p.end = end.at(frame);
        p.row_begin = split.begin(share.begin);
        p.row_end = split.end(share.end);
        run(p);
      });
  return step;
}

}  // namespace vivace::cpu
