// Functions of one number: the kinds of Unary, and of the activation that ends a fused operator.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "graph/attribute.h"

namespace vivace {

/// Definitions as in Keras and TensorFlow; a = alpha, b = beta. NaN passes through every one of them but
/// thresholded_relu, hard_shrink, soft_shrink (all 0) and threshold (b), as in Keras, and the truth kinds.
enum class UnaryKind : std::uint32_t {
  identity,
  // rectifiers
  relu,              // max(x, 0)
  leaky_relu,        // x > 0 ? x : a x
  thresholded_relu,  // x > a ? x : 0
  clamp,             // min(max(x, a), b); relu6 is clamp(0, 6)
  elu,               // x > 0 ? x : a (e^x - 1)
  selu,              // 1.05070098 * (x > 0 ? x : 1.67326324 (e^x - 1))
  celu,              // x > 0 ? x : a (e^(x/a) - 1)
  // smooth gates
  sigmoid,
  tanh,
  softplus,
  softsign,
  silu,         // x sigmoid(x)
  gelu,         // x/2 (1 + erf(x / sqrt 2))
  gelu_tanh,    // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
  mish,         // x tanh(softplus(x))
  log_sigmoid,  // -softplus(-x)
  squareplus,   // (x + sqrt(x^2 + a)) / 2
  // piecewise linear
  hard_sigmoid,    // clamp(a x + b, 0, 1): a=0.2 b=0.5 in Keras 2, a=1/6 b=0.5 in Keras 3
  hard_silu,       // x clamp(x/6 + 1/2, 0, 1)
  hard_tanh,       // clamp(x, -1, 1)
  hard_shrink,     // |x| > a ? x : 0
  soft_shrink,     // sign(x) max(|x| - a, 0)
  tanh_shrink,     // x - tanh(x)
  threshold,       // x > a ? x : b
  sparse_plus,     // 0 below -1, (x+1)^2/4 between, x above 1
  sparse_sigmoid,  // clamp((x+1)/2, 0, 1)
  // arithmetic
  abs,
  negate,
  sign,
  square,
  sqrt,
  rsqrt,
  reciprocal,
  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  exp2,
  // trigonometry and kin
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  erf,
  // rounding; round is half to even
  round,
  floor,
  ceil,
  trunc,
  // truth; results are boolean
  logical_not,
  is_nan,
  is_inf,
  is_finite,
};

inline constexpr std::string_view kUnaryNames[] = {"identity",
                                                   "relu",
                                                   "leaky_relu",
                                                   "thresholded_relu",
                                                   "clamp",
                                                   "elu",
                                                   "selu",
                                                   "celu",
                                                   "sigmoid",
                                                   "tanh",
                                                   "softplus",
                                                   "softsign",
                                                   "silu",
                                                   "gelu",
                                                   "gelu_tanh",
                                                   "mish",
                                                   "log_sigmoid",
                                                   "squareplus",
                                                   "hard_sigmoid",
                                                   "hard_silu",
                                                   "hard_tanh",
                                                   "hard_shrink",
                                                   "soft_shrink",
                                                   "tanh_shrink",
                                                   "threshold",
                                                   "sparse_plus",
                                                   "sparse_sigmoid",
                                                   "abs",
                                                   "negate",
                                                   "sign",
                                                   "square",
                                                   "sqrt",
                                                   "rsqrt",
                                                   "reciprocal",
                                                   "exp",
                                                   "expm1",
                                                   "log",
                                                   "log1p",
                                                   "log2",
                                                   "log10",
                                                   "exp2",
                                                   "sin",
                                                   "cos",
                                                   "tan",
                                                   "asin",
                                                   "acos",
                                                   "atan",
                                                   "sinh",
                                                   "cosh",
                                                   "asinh",
                                                   "acosh",
                                                   "atanh",
                                                   "erf",
                                                   "round",
                                                   "floor",
                                                   "ceil",
                                                   "trunc",
                                                   "logical_not",
                                                   "is_nan",
                                                   "is_inf",
                                                   "is_finite"};

/// A function with its parameters, as an attribute of Unary and of operators that end in one.
struct Activation {
  UnaryKind kind = UnaryKind::identity;
  double alpha = 0;
  double beta = 0;

  bool none() const { return kind == UnaryKind::identity; }
  void attributes(AttributeVisitor& v) {
    visit_enum(v, "activation", kind, kUnaryNames);
    v("alpha", alpha);
    v("beta", beta);
  }
  friend bool operator==(const Activation&, const Activation&) = default;
};

/// The function itself, in double: the reference.
double evaluate(const Activation& f, double x);
/// As Cost::flops counts it, for each element.
double flops_of(UnaryKind kind);

}  // namespace vivace
