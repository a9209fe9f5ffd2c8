// Functions of each element of a quantised tensor.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = function(x), where x and y of one type stand for input_scale (x - input_zero) and likewise.
///
/// inputs: x, int8, uint8 or int16. The arithmetic is that of TensorFlow Lite's reference kernels, so each is
/// a table: of the function in float at every 8-bit number; for int16 of exp, log, rsqrt and both gelu 512
/// steps with a correction for their bend, joined by lines; logistic and tanh of int16 (to scale 2^-15) from
/// a table of 256 logistic values; hard_swish, leaky_relu, abs, and rsqrt of 8 bits in fixed point; sqrt in
/// float, its quotient by the output's scale truncated (kernels/elementwise.cc). rescale,
/// of 8 bits, changes scale and zero point in float, as the concatenation of uint8 does with parts that
/// differ in them. relu and its kin are Requantize. leaky_relu can be as XNNPACK has it, too: both factors of
/// eight bits behind the point, ties up.
struct QUnary : OpBase<QUnary> {
  enum class Kind : std::uint32_t {
    logistic,
    tanh,
    elu,
    exp,
    log,
    gelu,
    gelu_tanh,
    hard_swish,
    leaky_relu,
    abs,
    rsqrt,
    rescale,
    sqrt
  };
  static constexpr std::string_view kName = "q_unary";
  static constexpr std::string_view kKinds[] = {"logistic", "tanh",      "elu",        "exp",        "log",
                                                "gelu",     "gelu_tanh", "hard_swish", "leaky_relu", "abs",
                                                "rsqrt",    "rescale",   "sqrt"};
  Kind kind = Kind::logistic;
  double input_scale = 1, output_scale = 1;
  std::int64_t input_zero = 0, output_zero = 0;
  double alpha = 0;         // leaky_relu: the slope below 0
  bool as_xnnpack = false;  // leaky_relu

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("input_scale", input_scale);
    v("input_zero", input_zero);
    v("output_scale", output_scale);
    v("output_zero", output_zero);
    v("alpha", alpha);
    v("as_xnnpack", as_xnnpack);
  }
  VIVACE_OP_RULES;

  /// The output for each number of the type, from its lowest on. Requires what infer() accepts.
  std::vector<std::int16_t> table(DType dtype) const;
};

}  // namespace vivace
