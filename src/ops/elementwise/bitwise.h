// Functions of the bits of two integers.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = a (kind) b with NumPy's broadcasting; both inputs have one integer type. A shift by less than 0 bits
/// is one by 0, by more than there are one by all but one, as in TensorFlow; a right shift of signed numbers
/// keeps the sign. gcd is the greatest common divisor of the absolute values, which is 0 for two zeros.
struct Bitwise : OpBase<Bitwise> {
  enum class Kind : std::uint32_t { both, either, differ, left_shift, right_shift, gcd };
  static constexpr std::string_view kName = "bitwise";
  static constexpr std::string_view kKinds[] = {"both",       "either",      "differ",
                                                "left_shift", "right_shift", "gcd"};
  Kind kind = Kind::both;

  void attributes(AttributeVisitor& v) { visit_enum(v, "kind", kind, kKinds); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
