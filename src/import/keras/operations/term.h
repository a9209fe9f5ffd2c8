// Recipes that read as formulas: max(a, b) + log1p(exp(-abs(a - b))) adds the nodes that compute it.
#pragma once

#include <string>

#include "import/keras/operations/operands.h"

namespace vivace::keras {

/// A value while a recipe computes with it. Two operands become one type (promotion.h); a bare number takes
/// the other's, or float32 beside an integer where it is a fraction. After a mistake a term holds kNoValue,
/// and everything made of it does too.
class Term {
 public:
  Term(Call& call, ValueId value) : call_(&call), value_(value) {}

  Call& call() const { return *call_; }
  ValueId value() const { return value_; }
  operator ValueId() const { return value_; }
  DType dtype() const { return call_->dtype(value_); }
  std::int64_t rank() const { return call_->rank(value_); }

  /// The same numbers in another type.
  Term as(DType type) const { return {*call_, call_->cast(value_, type)}; }
  /// float32, unless it is a float.
  Term real() const;
  Term truth() const { return as(DType::boolean); }

 private:
  Call* call_;
  ValueId value_;
};

Term combine(Binary::Kind kind, Term a, Term b);
Term combine(Binary::Kind kind, Term a, double b);
Term combine(Binary::Kind kind, double a, Term b);
Term apply(UnaryKind kind, Term x, double alpha = 0, double beta = 0);
/// A number of x's type, or float32 where x holds integers and the number is a fraction.
Term number_like(Term x, double number);

#define VIVACE_TERM_OPERATOR(symbol, kind)                                                    \
  inline Term operator symbol(Term a, Term b) { return combine(Binary::Kind::kind, a, b); }   \
  inline Term operator symbol(Term a, double b) { return combine(Binary::Kind::kind, a, b); } \
  inline Term operator symbol(double a, Term b) { return combine(Binary::Kind::kind, a, b); }
VIVACE_TERM_OPERATOR(+, add)
VIVACE_TERM_OPERATOR(-, subtract)
VIVACE_TERM_OPERATOR(*, multiply)
VIVACE_TERM_OPERATOR(/, divide)
VIVACE_TERM_OPERATOR(<, less)
VIVACE_TERM_OPERATOR(>, greater)
VIVACE_TERM_OPERATOR(<=, less_equal)
VIVACE_TERM_OPERATOR(>=, greater_equal)
VIVACE_TERM_OPERATOR(==, equal)
VIVACE_TERM_OPERATOR(!=, not_equal)
#undef VIVACE_TERM_OPERATOR
inline Term operator&&(Term a, Term b) { return combine(Binary::Kind::logical_and, a, b); }
inline Term operator||(Term a, Term b) { return combine(Binary::Kind::logical_or, a, b); }
inline Term operator!(Term x) { return apply(UnaryKind::logical_not, x); }
inline Term operator-(Term x) { return apply(UnaryKind::negate, x); }

inline Term max(Term a, Term b) { return combine(Binary::Kind::maximum, a, b); }
inline Term min(Term a, Term b) { return combine(Binary::Kind::minimum, a, b); }
inline Term power(Term a, Term b) { return combine(Binary::Kind::power, a, b); }
inline Term abs(Term x) { return apply(UnaryKind::abs, x); }
inline Term exp(Term x) { return apply(UnaryKind::exp, x); }
inline Term log(Term x) { return apply(UnaryKind::log, x); }
inline Term sqrt(Term x) { return apply(UnaryKind::sqrt, x); }
inline Term square(Term x) { return apply(UnaryKind::square, x); }
inline Term clamp(Term x, double low, double high) { return apply(UnaryKind::clamp, x, low, high); }

/// condition ? a : b, of one type.
Term select(Term condition, Term a, Term b);
Term select(Term condition, Term a, double b);
Term select(Term condition, double a, Term b);

Term reduce(Reduce::Kind kind, Term x, Sizes axes, bool keep = false);
inline Term sum(Term x, Sizes axes, bool keep = false) {
  return reduce(Reduce::Kind::sum, x, std::move(axes), keep);
}
/// The same elements under other sizes (Reshape's rules).
Term shaped(Term x, Sizes target);
Term transposed(Term x, Sizes order);
/// x[..., from:to:step, ...] along one axis.
Term part(Term x, std::int64_t axis, std::int64_t from, std::int64_t to = Slice::kEnd, std::int64_t step = 1);
Term joined(Call& call, std::vector<Term> parts, std::int64_t axis);
/// All axes of x in one.
Term flat(Term x);
/// An axis of one in front of `axis`.
Term widened(Term x, std::int64_t axis);
/// Without `axis`, of size one.
Term narrowed(Term x, std::int64_t axis);
/// Axis `from` moved to place `to`.
Term axis_moved(Term x, std::int64_t from, std::int64_t to);
/// 0, 1, 2, ... along `axis` of x, of a shape that broadcasts with x.
Term places(Term x, std::int64_t axis, DType type);
/// A tensor of x's sizes.
Term filled_like(Term x, double value, DType type);
/// A vector's norm of any order.
Term vector_norm(Term x, double order, std::int64_t axis, bool keep);
/// x over its standard deviation along some axes, its mean left in: what Keras calls rms_scaling.
Term over_deviation(Term x, const Sizes& axes, double epsilon);
/// Norms that follow from singular values: "nuc", 2 and -2 over two axes (in linalg.cc).
void spectral_norm(Call& call, Term x, const Setting& order, const Sizes& axes, bool keep);

/// Recipes that are a formula of one or two operands.
template <Term (*kFormula)(Term)>
void formula(Call& call) {
  const Term x(call, operand(call));
  if (!call.failed()) call.output(kFormula(x));
}
template <Term (*kFormula)(Term, Term)>
void formula(Call& call) {
  const auto [a, b] = operands(call, "x1|x|a", "x2|y|b");
  if (!call.failed()) call.output(kFormula({call, a}, {call, b}));
}

/// Refuses constants that a hostile file could make too large: import.limit.
bool affordable(Call& call, std::int64_t rows, std::int64_t columns = 1);

}  // namespace vivace::keras
