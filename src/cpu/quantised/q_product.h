// A product of bytes as a step: a convolution, or rows times a matrix.
#pragma once

#include "cpu/common/tiling.h"
#include "cpu/quantised/packing.h"
#include "kernels/common/window.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace::cpu {

/// Whether the kernel takes x and the weights, inputs 0 and 1: bytes, the weights constant.
bool has_byte_factors(const NodeView& node);
/// Weights of words wherever the processor, or the weights, do not allow bytes.
bool wants_words(const NodeView& node, std::int64_t weights_zero, const Processor& processor);

struct QProduct {
  kernels::Window window;
  std::int64_t images = 1;
  std::int64_t x_zero = 0;
  bool words = true;
  const Requantisation& end;
};

/// The sizes of a product of bytes as one of floats, whose tiles count k in the same groups of 4 bytes.
Product q_sizes(const QMatrix& matrix, std::size_t rows, std::size_t row_bytes, bool words);

/// Requires has_byte_factors(), has_byte_end() for input 2, and weights packed in q_layout(node, 1, words).
Step emit_q_product(const NodeView& node, const QProduct& product, const Processor& processor);

}  // namespace vivace::cpu
