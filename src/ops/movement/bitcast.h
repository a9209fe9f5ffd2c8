// The same bytes taken for elements of another type.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = x's bytes as elements of `result`. Where these are k times smaller, y has a last axis of k more; where
/// k times larger, x's last axis must be k and y has none. As BITCAST of TensorFlow Lite (bitcast.cc), but
/// for `result` boolean, whose bytes would be any.
///
/// inputs: x, of any type and sizes.
struct Bitcast : OpBase<Bitcast> {
  static constexpr std::string_view kName = "bitcast";
  DType result = DType::i32;

  void attributes(AttributeVisitor& v) { v("result", result); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
