// Systems of linear equations.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[..., n, k] with a y = b, or a^T y = b where `transposed`. inputs: a [..., n, n] and b [..., n, k] of one
/// floating type; their leading axes broadcast. `lower` and `upper` read one triangle of a. A matrix that has
/// no inverse gives the error op.value when run, as TensorFlow on a CPU.
struct Solve : OpBase<Solve> {
  enum class Kind : std::uint32_t { general, lower, upper };
  static constexpr std::string_view kName = "solve";
  static constexpr std::string_view kKinds[] = {"general", "lower", "upper"};
  Kind kind = Kind::general;
  bool transposed = false;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("transposed", transposed);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
