// Einstein summation of two tensors, kept until a pass lowers it to MatMul and Transpose.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// equation: "abc,cde->abde"; "..." stands for leading axes that broadcast. One or two inputs.
struct Einsum : OpBase<Einsum> {
  static constexpr std::string_view kName = "einsum";
  std::string equation;

  void attributes(AttributeVisitor& v) { v("equation", equation); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
