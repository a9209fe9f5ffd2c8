// The functions of one number by MPFR, which rounds correctly: what the test of their precision compares
// with.
#pragma once

#include <mpfr.h>

namespace vivace::testing {

// A double's digits, and some for the few roundings of a formula. No formula here cancels.
constexpr mpfr_prec_t kBits = 80;

class Real {
 public:
  Real() { mpfr_init2(v, kBits); }
  ~Real() { mpfr_clear(v); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;
  mpfr_t v;
};

constexpr mpfr_rnd_t kNear = MPFR_RNDN;
using ExactFunction = void (*)(mpfr_ptr y, mpfr_srcptr x);
using MpfrFunction = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

// y = f(x): MPFR's own functions.
template <MpfrFunction kF>
void own(mpfr_ptr y, mpfr_srcptr x) {
  kF(y, x, kNear);
}

// e^-|x|, which softplus and log_sigmoid add the logarithm of.
inline void log1p_exp_minus_abs(mpfr_ptr y, mpfr_srcptr x) {
  mpfr_abs(y, x, kNear);
  mpfr_neg(y, y, kNear);
  mpfr_exp(y, y, kNear);
  mpfr_log1p(y, y, kNear);
}
inline void softplus(mpfr_ptr y, mpfr_srcptr x) {
  log1p_exp_minus_abs(y, x);
  if (mpfr_sgn(x) > 0) mpfr_add(y, y, x, kNear);
}
inline void log_sigmoid(mpfr_ptr y, mpfr_srcptr x) {
  log1p_exp_minus_abs(y, x);
  if (mpfr_sgn(x) < 0) mpfr_sub(y, y, x, kNear);
  mpfr_neg(y, y, kNear);
}
inline void sigmoid(mpfr_ptr y, mpfr_srcptr x) {
  mpfr_neg(y, x, kNear);
  mpfr_exp(y, y, kNear);
  mpfr_add_ui(y, y, 1, kNear);
  mpfr_ui_div(y, 1, y, kNear);
}
inline void silu(mpfr_ptr y, mpfr_srcptr x) {
  sigmoid(y, x);
  mpfr_mul(y, y, x, kNear);
}
// x erfc(-x / sqrt 2) / 2.
inline void gelu(mpfr_ptr y, mpfr_srcptr x) {
  Real root;
  mpfr_sqrt_ui(root.v, 2, kNear);
  mpfr_div(y, x, root.v, kNear);
  mpfr_neg(y, y, kNear);
  mpfr_erfc(y, y, kNear);
  mpfr_mul(y, y, x, kNear);
  mpfr_div_2ui(y, y, 1, kNear);
}
// x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)), the constant as float32 has it.
inline void gelu_tanh(mpfr_ptr y, mpfr_srcptr x) {
  Real factor, inner;
  mpfr_const_pi(factor.v, kNear);
  mpfr_ui_div(factor.v, 8, factor.v, kNear);
  mpfr_sqrt(factor.v, factor.v, kNear);
  mpfr_sqr(inner.v, x, kNear);
  mpfr_mul_d(inner.v, inner.v, static_cast<double>(0.044715f), kNear);
  mpfr_add_ui(inner.v, inner.v, 1, kNear);
  mpfr_mul(inner.v, inner.v, x, kNear);
  mpfr_mul(inner.v, inner.v, factor.v, kNear);
  sigmoid(y, inner.v);
  mpfr_mul(y, y, x, kNear);
}
// x tanh(softplus(x)).
inline void mish(mpfr_ptr y, mpfr_srcptr x) {
  softplus(y, x);
  mpfr_tanh(y, y, kNear);
  mpfr_mul(y, y, x, kNear);
}
inline void elu(mpfr_ptr y, mpfr_srcptr x) {
  mpfr_sgn(x) > 0 ? mpfr_set(y, x, kNear) : mpfr_expm1(y, x, kNear);
}
inline void selu(mpfr_ptr y, mpfr_srcptr x) {
  elu(y, x);
  if (mpfr_sgn(x) <= 0) mpfr_mul_d(y, y, static_cast<double>(1.67326324f), kNear);
  mpfr_mul_d(y, y, static_cast<double>(1.05070098f), kNear);
}
inline void softsign(mpfr_ptr y, mpfr_srcptr x) {
  mpfr_abs(y, x, kNear);
  mpfr_add_ui(y, y, 1, kNear);
  mpfr_div(y, x, y, kNear);
}
// 1 / sqrt, as of -0 MPFR's own gives +infinity.
inline void rsqrt(mpfr_ptr y, mpfr_srcptr x) {
  mpfr_sqrt(y, x, kNear);
  mpfr_ui_div(y, 1, y, kNear);
}
inline void tanh_shrink(mpfr_ptr y, mpfr_srcptr x) {
  mpfr_tanh(y, x, kNear);
  mpfr_sub(y, x, y, kNear);
}

inline double exact(ExactFunction function, double x) {
  thread_local Real from, to;
  mpfr_set_d(from.v, x, kNear);
  function(to.v, from.v);
  return mpfr_get_d(to.v, kNear);
}

}  // namespace vivace::testing
