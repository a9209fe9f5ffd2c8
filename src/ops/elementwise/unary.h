// A function of each element.
#pragma once

#include "ops/common/activation.h"
#include "ops/common/op_base.h"

namespace vivace {

/// y = function(x). The truth kinds (logical_not, is_*) give booleans, all others x's type; integers know
/// identity, relu, clamp, abs, negate, sign and square, with wrap-around.
struct Unary : OpBase<Unary> {
  static constexpr std::string_view kName = "unary";
  Activation function;

  void attributes(AttributeVisitor& v) { function.attributes(v); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
