// How a function of two tensors goes through them, with broadcasting.
#pragma once

#include "cpu/common/chunks.h"
#include "cpu/common/layout.h"
#include "plan/target.h"

namespace vivace::cpu {

/// The loops of a broadcast: lines of columns, `inner` lines of which lie evenly spaced.
struct BroadcastSweep {
  Loops<2> lines;
  Loops<2>::Axis columns;
  std::int64_t inner = 1;
  Chunks chunks;

  explicit BroadcastSweep(const NodeView& node) {
    const Shape& y = node.outputs[0].dims;
    lines = make_loops<2>(
        y, {broadcast_strides(node.inputs[0].dims, y), broadcast_strides(node.inputs[1].dims, y)});
    columns = lines.pop();
    if (lines.rank != 0) inner = lines.axes[lines.rank - 1].size;
    chunks = lines.rank == 0 ? Chunks{columns.size, kGrain} : Chunks::of(lines.count(), columns.size);
  }

  /// Elements from one of the inner lines to the next, of operand 0 or 1.
  std::int64_t row_stride(std::size_t operand) const {
    return lines.rank == 0 ? 0 : lines.axes[lines.rank - 1].strides[operand];
  }

  /// Lines that follow evenly, or columns of the only one: where they begin, in elements.
  struct Piece {
    std::int64_t a, b, y, rows, columns;
  };
  /// Calls f for the pieces of a share; none is more than stays in L1.
  template <class F>
  void for_each_piece(const Share& share, F f) const {
    const bool one_line = lines.rank == 0;
    for (std::int64_t at = chunks.begin(share), end = chunks.end(share); at < end;) {
      const Cursor<2> cursor(lines, one_line ? 0 : at);
      const std::int64_t evenly = one_line ? end : at + inner - at % inner;
      const std::int64_t count = std::min({end, evenly, at + chunks.unit}) - at;
      const std::int64_t shift = one_line ? at : 0;
      f(Piece{cursor[0] + shift * columns.strides[0], cursor[1] + shift * columns.strides[1],
              one_line ? at : at * columns.size, one_line ? 1 : count, one_line ? count : columns.size});
      at += count;
    }
  }
};

}  // namespace vivace::cpu
