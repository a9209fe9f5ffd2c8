// A product of bytes as a step: a convolution, or rows times a matrix.
#pragma once

#include "cpu/common/tiling.h"
#include "cpu/quantised/packing.h"
#include "kernels/quantised/q_conv.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace::cpu {

/// Whether the kernel takes x and the weights, inputs 0 and 1: bytes, the weights constant.
bool has_byte_factors(const NodeView& node);
/// What a product multiplies: words wherever the processor, or the weights (input 1), do not allow bytes;
/// tiles where there are some, and rows enough in a sample to fill them.
Factors choose_factors(const NodeView& node, std::int64_t weights_zero, std::size_t rows,
                       const Processor& processor);
/// Rows of a matrix product without its first axis, the batch.
std::size_t rows_of_sample(const NodeView& node);

struct QProduct {
  kernels::Window window;
  std::int64_t images = 1;
  std::int64_t x_zero = 0;
  Factors factors = Factors::words;
};

/// What both ends of a product, bytes and floats, start from.
struct QProductPlan {
  kernels::QConv conv{};               // all but addresses and ends
  Split split;                         // of its rows or panels
  std::span<const std::int32_t> sums;  // of the weights' columns
  double most;                         // no sum is larger
  kernels::KernelFunction<kernels::QConv> run;
  std::size_t workspace_bytes;
};

/// What is less in a bias, times the sum of the column: x's zero point as the kernel sees its bytes.
std::int32_t zero_in_sums(Factors factors, std::int32_t x_zero, bool is_signed);

/// Of input 0, int8 or uint8, and the weights, packed in q_layout(node, weights, factors).
QProductPlan plan_product(const NodeView& node, std::size_t weights, const QProduct& product,
                          const Processor& processor);

/// Requires has_byte_factors() and has_byte_end() for input 2; the weights are input 1.
Step emit_q_product(const NodeView& node, const QProduct& product, const Requantisation& end,
                    const Processor& processor);

}  // namespace vivace::cpu
