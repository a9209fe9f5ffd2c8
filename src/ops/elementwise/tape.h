// A chain of element-wise functions, run in one sweep over memory.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// Made by a pass from chains of float32 Unary, Binary and ScaleShift; no importer writes one.
///
/// A register machine: register r < inputs.size() is input r; instruction i writes register inputs + i; the
/// last one is the output. `code` holds four numbers an instruction: {is_binary, kind, left, right}, where
/// right is unused (0) in a unary one; `parameters` holds two an instruction: {alpha, beta}.
/// Input 0 has the output's shape. Every other input either has it too, is one number, or has the sizes of
/// the last axis alone ([C]: one number a channel).
struct Tape : OpBase<Tape> {
  static constexpr std::string_view kName = "tape";
  std::vector<std::int64_t> code;
  std::vector<double> parameters;

  void attributes(AttributeVisitor& v) {
    v("code", code);
    v("parameters", parameters);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
