// Functions of two tensors, element by element, with NumPy's broadcasting.
#pragma once

#include "ops/common/activation.h"
#include "ops/common/op_base.h"

namespace vivace {

/// y = activation(a (kind) b). Both inputs have the same type. Division of integers is floor_divide or
/// truncate_divide; modulo has the divisor's sign (Python's). maximum and minimum keep NaN. A quotient of
/// floating type is rounded to it before its floor or truncation, as TensorFlow does.
/// Comparisons and logic give booleans (and end in no activation); comparisons take booleans too. Integers
/// know add to truncate_divide but divide, and modulo, with wrap-around; a divisor of 0, or a negative
/// integer power, gives the error op.value when run, as TensorFlow on a CPU.
struct Binary : OpBase<Binary> {
  enum class Kind : std::uint32_t {
    add,
    subtract,
    multiply,
    divide,
    maximum,
    minimum,
    power,
    squared_difference,
    floor_divide,
    truncate_divide,
    modulo,
    atan2,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    logical_and,
    logical_or,
    logical_xor,
    multiply_no_nan,
    divide_no_nan,
    prelu,  // prelu: a > 0 ? a : a * b
  };
  static constexpr std::string_view kName = "binary";
  static constexpr std::string_view kKinds[] = {
      "add",          "subtract",        "multiply",      "divide",
      "maximum",      "minimum",         "power",         "squared_difference",
      "floor_divide", "truncate_divide", "modulo",        "atan2",
      "equal",        "not_equal",       "less",          "less_equal",
      "greater",      "greater_equal",   "logical_and",   "logical_or",
      "logical_xor",  "multiply_no_nan", "divide_no_nan", "prelu"};
  Kind kind = Kind::add;
  Activation activation;

  bool gives_truth() const { return kind >= Kind::equal && kind <= Kind::logical_xor; }
  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    activation.attributes(v);
  }
  VIVACE_OP_RULES;
};

/// The function itself for two numbers of a floating type, in double: the reference. Truth is 1 or 0.
double evaluate(Binary::Kind kind, DType dtype, double a, double b);
/// The same for two integers or booleans of a type. Requires is_defined.
std::int64_t evaluate_integer(Binary::Kind kind, DType dtype, std::int64_t a, std::int64_t b);
/// False for an integer's quotient by 0 and its negative power.
bool is_defined(Binary::Kind kind, DType dtype, std::int64_t b);
/// What there is to say where it is not. op.value
Error undefined_operand(Binary::Kind kind, std::int64_t b);
/// As Cost::flops counts it, for each element.
double flops_of(Binary::Kind kind);

}  // namespace vivace
