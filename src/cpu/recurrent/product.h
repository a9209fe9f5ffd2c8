// What the steps of recurrent layers share: optional operands, and products with packed weights.
#pragma once

#include "cpu/common/tiling.h"
#include "cpu/emitter.h"
#include "kernels/matrix/gemm.h"

namespace vivace::cpu {

/// An operand that may be left out.
struct Optional {
  bool given = false;
  Address address{};

  static Optional of(const NodeView& node, std::size_t input) {
    if (!node.has(input)) return {};
    return {true, node.inputs[input].address};
  }
  template <class T>
  const T* at(const Frame& frame) const {
    return given ? frame.at<const T>(address) : nullptr;
  }
};

/// A product with packed weights [depth, columns], but for its operands.
inline kernels::Gemm product(std::int64_t rows, std::int64_t depth, std::int64_t columns,
                             const std::byte* packed, const Processor& processor) {
  const auto k = static_cast<std::size_t>(depth), n = static_cast<std::size_t>(columns);
  const Tiling tiling = choose_tiling({static_cast<std::size_t>(rows), n, k, k * sizeof(float)}, processor);
  kernels::Gemm p{};
  p.a_stride = p.k = k;
  p.b = reinterpret_cast<const float*>(packed);
  p.c_stride = p.n = n;
  p.panel_end = (n + kernels::kPanel - 1) / kernels::kPanel;
  p.tile_rows = tiling.tile_rows;
  p.tile_panels = tiling.tile_panels;
  p.block_rows = tiling.block_rows;
  return p;
}

}  // namespace vivace::cpu
