// Functions of two quantised tensors, element by element, with NumPy's broadcasting.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/quantised/requantisation.h"

namespace vivace {

/// With a' = (a - a_zero) 2^left_shift times a_multiplier, and b' likewise, both rounded by fixed31:
///
///     add, subtract, squared_difference   y = end(a' + b'), end(a' - b'), end((a' - b')^2)
///     multiply, divide                    y = end of (a - a_zero) (b - b_zero), or of their quotient
///     prelu                               y = end of (a - a_zero) (b - b_zero) below 0, else (a - a_zero)
///     a_multiplier equal ... greater_equal             y = boolean, a' compared with b'
///
/// As XNNPACK computes: a product ends in float_even; a sum or difference of bytes in exact_up, where
/// a_multiplier and b_multiplier are whole numbers of at most 21 bits and the last factor is 2^-n:
///
///     add, subtract   y = end((a - a_zero) a_multiplier +- (b - b_zero) b_multiplier)
///
/// inputs: a and b of one type, int8, uint8 or int16. TensorFlow Lite's values, in double: with s the greater
/// of a's and b's scale doubled, a_multiplier = a's scale / s, left_shift 20 (int16: 15; squared_difference:
/// 7), multiplier s / (2^left_shift y's scale), squared_difference s^2 / (2^14 y's scale); multiply and
/// divide: a's scale * b's / y's, or a's / (b's * y's), in float (prelu: a_multiplier a's / y's);
/// comparisons: the scales themselves, left_shift 8. Additions of 16-bit numbers whose scales are powers of
/// two ("pot_scale_int16"), one shifted right by n: left_shift 1, multiplier 1, its factor 2^-(n + 1) and the
/// other's 1/2. A divisor of 0 gives op.value.
struct QBinary : OpBase<QBinary> {
  enum class Kind : std::uint32_t {
    add,
    subtract,
    multiply,
    divide,
    squared_difference,
    prelu,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal
  };
  static constexpr std::string_view kName = "q_binary";
  static constexpr std::string_view kKinds[] = {
      "add",       "subtract", "multiply",   "divide",  "squared_difference", "prelu", "equal",
      "not_equal", "less",     "less_equal", "greater", "greater_equal"};
  Kind kind = Kind::add;
  std::int64_t a_zero = 0, b_zero = 0, left_shift = 0;
  double a_multiplier = 1, b_multiplier = 1;
  Requantisation end;

  bool gives_truth() const { return kind >= Kind::equal; }
  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("a_zero", a_zero);
    v("b_zero", b_zero);
    v("left_shift", left_shift);
    v("a_multiplier", a_multiplier);
    v("b_multiplier", b_multiplier);
    end.attributes(v);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
