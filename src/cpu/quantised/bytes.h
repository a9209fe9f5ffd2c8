// What the steps of quantised operators ask of a node before they take it.
#pragma once

#include "plan/target.h"

namespace vivace::cpu {

constexpr bool is_byte(DType dtype) { return dtype == DType::i8 || dtype == DType::u8; }

/// Whether there is anything to compute: lines, places and channels of no size have no step of their own.
inline bool has_elements(const NodeView& node) {
  return node.inputs[0].count() > 0 && node.inputs[1].count() > 0 && node.outputs[0].count() > 0;
}

}  // namespace vivace::cpu
