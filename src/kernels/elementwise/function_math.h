// The functions of Function and Pair on vectors. Included by kernel bodies only.
#pragma once

#include "kernels/elementwise/elementwise.h"
#include "kernels/simd/logarithm.h"
#include "kernels/simd/math.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Functions too rare for a vector form of their own: libm, lane by lane.
template <class F>
VIVACE_INLINE Vec by_lanes(Vec x, F f) {
  float lanes[simd::kLanes];
  simd::store(lanes, x);
  for (float& lane : lanes) lane = f(lane);
  return simd::load(lanes);
}
template <class F>
VIVACE_INLINE Vec by_lanes(Vec x, Vec y, F f) {
  float left[simd::kLanes], right[simd::kLanes];
  simd::store(left, x);
  simd::store(right, y);
  for (int i = 0; i < simd::kLanes; ++i) left[i] = f(left[i], right[i]);
  return simd::load(left);
}

// max(low, x), then min(high, .): the operand that may be NaN stands second.
VIVACE_INLINE Vec clamped(Vec x, Vec low, Vec high) { return simd::min(high, simd::max(low, x)); }
VIVACE_INLINE simd::Mask positive(Vec x) { return simd::less(simd::zero(), x); }

// What softplus and log_sigmoid (each within 4 ulp) add. The exponential of a number that is not positive
// cannot overflow.
VIVACE_INLINE Vec log1p_exp_minus_abs(Vec x) { return simd::log1p(simd::exp(simd::negate(simd::abs(x)))); }

// x n / (n + 2) with n = e^x (e^x + 2), within 5 ulp; from 20 on it is x.
VIVACE_INLINE Vec mish(Vec x) {
  const Vec two = simd::splat(2.0f), e = simd::exp(simd::min(simd::splat(20.0f), x));
  const Vec n = simd::mul(e, simd::add(e, two));
  return simd::mul(x, simd::div(n, simd::add(n, two)));
}

VIVACE_INLINE Vec sign(Vec x) {
  const Vec one = simd::splat(1.0f);
  return simd::select(positive(x), one, simd::select(simd::less(x, simd::zero()), simd::splat(-1.0f), x));
}

VIVACE_INLINE Vec soft_shrink(Vec x, Vec a) {
  const Vec below = simd::select(simd::less(x, simd::negate(a)), simd::add(x, a), simd::zero());
  return simd::select(simd::less(a, x), simd::sub(x, a), below);
}

VIVACE_INLINE Vec sparse_plus(Vec x) {
  const Vec one = simd::splat(1.0f), t = simd::add(x, one);
  const Vec inner = simd::select(simd::less(x, one), simd::mul(simd::mul(t, t), simd::splat(0.25f)), x);
  return simd::select(simd::less_equal(x, simd::splat(-1.0f)), simd::zero(), inner);
}

VIVACE_INLINE Vec piecewise(Function f, Vec x, Vec a, Vec b) {
  const Vec zero = simd::zero(), one = simd::splat(1.0f);
  switch (f) {
    case Function::relu:
      return simd::max(zero, x);
    case Function::leaky_relu:
      return simd::select(positive(x), x, simd::mul(a, x));
    case Function::thresholded_relu:
      return simd::select(simd::less(a, x), x, zero);
    case Function::clamp:
      return clamped(x, a, b);
    case Function::hard_sigmoid:
      return clamped(simd::fma(a, x, b), zero, one);
    case Function::hard_silu:
      return simd::mul(x, clamped(simd::fma(simd::splat(1.0f / 6), x, simd::splat(0.5f)), zero, one));
    case Function::hard_tanh:
      return clamped(x, simd::splat(-1.0f), one);
    case Function::hard_shrink:
      return simd::select(simd::less(a, simd::abs(x)), x, zero);
    case Function::soft_shrink:
      return soft_shrink(x, a);
    case Function::threshold:
      return simd::select(simd::less(a, x), x, b);
    case Function::sparse_plus:
      return sparse_plus(x);
    case Function::sparse_sigmoid:
      return clamped(simd::mul(simd::add(x, one), simd::splat(0.5f)), zero, one);
    default:
      return x;
  }
}

VIVACE_INLINE Vec smooth(Function f, Vec x, Vec a) {
  const Vec one = simd::splat(1.0f), zero = simd::zero();
  switch (f) {
    case Function::elu:
      return simd::select(positive(x), x, simd::mul(a, simd::expm1(x)));
    case Function::selu:
      return simd::mul(simd::splat(1.05070098f),
                       simd::select(positive(x), x, simd::mul(simd::splat(1.67326324f), simd::expm1(x))));
    case Function::celu:
      return simd::select(positive(x), x, simd::mul(a, simd::expm1(simd::div(x, a))));
    case Function::softplus:
      return simd::add(simd::max(zero, x), log1p_exp_minus_abs(x));
    case Function::log_sigmoid:
      return simd::sub(simd::min(zero, x), log1p_exp_minus_abs(x));
    case Function::softsign:
      return simd::div(x, simd::add(one, simd::abs(x)));
    case Function::mish:
      return mish(x);
    case Function::squareplus:
      return simd::mul(simd::splat(0.5f), simd::add(x, simd::sqrt(simd::fma(x, x, a))));
    case Function::tanh_shrink:
      return simd::sub(x, simd::tanh(x));
    default:
      return x;
  }
}

VIVACE_INLINE Vec arithmetic(Function f, Vec x) {
  switch (f) {
    case Function::abs:
      return simd::abs(x);
    case Function::negate:
      return simd::negate(x);
    case Function::sign:
      return sign(x);
    case Function::square:
      return simd::mul(x, x);
    case Function::sqrt:
      return simd::sqrt(x);
    case Function::rsqrt:
      return simd::div(simd::splat(1.0f), simd::sqrt(x));
    case Function::reciprocal:
      return simd::div(simd::splat(1.0f), x);
    case Function::expm1:
      return simd::expm1(x);
    case Function::log:
      return simd::log(x);
    case Function::log1p:
      return simd::log1p(x);
    case Function::erf:
      return simd::erf(x);
    case Function::round:
      return simd::round(x);
    case Function::floor:
      return simd::floor(x);
    case Function::ceil:
      return simd::ceil(x);
    case Function::trunc:
      return simd::trunc(x);
    default:
      return x;
  }
}

VIVACE_INLINE Vec rare(Function f, Vec x) {
  switch (f) {
    case Function::log2:
      return by_lanes(x, [](float v) { return __builtin_log2f(v); });
    case Function::log10:
      return by_lanes(x, [](float v) { return __builtin_log10f(v); });
    case Function::exp2:
      return by_lanes(x, [](float v) { return __builtin_exp2f(v); });
    case Function::sin:
      return by_lanes(x, [](float v) { return __builtin_sinf(v); });
    case Function::cos:
      return by_lanes(x, [](float v) { return __builtin_cosf(v); });
    case Function::tan:
      return by_lanes(x, [](float v) { return __builtin_tanf(v); });
    case Function::asin:
      return by_lanes(x, [](float v) { return __builtin_asinf(v); });
    case Function::acos:
      return by_lanes(x, [](float v) { return __builtin_acosf(v); });
    case Function::atan:
      return by_lanes(x, [](float v) { return __builtin_atanf(v); });
    case Function::sinh:
      return by_lanes(x, [](float v) { return __builtin_sinhf(v); });
    case Function::cosh:
      return by_lanes(x, [](float v) { return __builtin_coshf(v); });
    case Function::asinh:
      return by_lanes(x, [](float v) { return __builtin_asinhf(v); });
    case Function::acosh:
      return by_lanes(x, [](float v) { return __builtin_acoshf(v); });
    case Function::atanh:
      return by_lanes(x, [](float v) { return __builtin_atanhf(v); });
    default:
      return x;
  }
}

// The functions that networks spend their time in, which are worth doing several vectors at once.
constexpr bool is_hot(Function f) {
  return f == Function::sigmoid || f == Function::tanh || f == Function::silu || f == Function::gelu ||
         f == Function::gelu_tanh || f == Function::exp;
}
template <class V>
VIVACE_INLINE V apply_hot(Function f, V x) {
  switch (f) {
    case Function::sigmoid:
      return simd::sigmoid(x);
    case Function::tanh:
      return simd::tanh(x);
    case Function::silu:
      return simd::silu(x);
    case Function::gelu:
      return simd::gelu(x);
    case Function::gelu_tanh:
      return simd::gelu_tanh(x);
    default:
      return simd::exp(x);
  }
}

// f is a constant where this is inlined: one branch of one switch remains.
VIVACE_INLINE Vec apply(Function f, Vec x, Vec a, Vec b) {
  if (is_hot(f)) return apply_hot(f, x);
  if (f >= Function::log2 && f <= Function::atanh) return rare(f, x);
  if (f >= Function::abs) return arithmetic(f, x);
  const bool is_smooth = (f >= Function::elu && f <= Function::squareplus) || f == Function::tanh_shrink;
  return is_smooth ? smooth(f, x, a) : piecewise(f, x, a, b);
}

// NaN in either operand survives.
VIVACE_INLINE Vec maximum(Vec a, Vec b) { return simd::select(simd::is_nan(a), a, simd::max(a, b)); }
VIVACE_INLINE Vec minimum(Vec a, Vec b) { return simd::select(simd::is_nan(a), a, simd::min(a, b)); }

// The divisor's sign, as in Python.
inline float floor_modulo(float a, float b) {
  const float rest = __builtin_fmodf(a, b);
  return rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest;
}

VIVACE_INLINE Vec apply(Pair pair, Vec a, Vec b) {
  switch (pair) {
    case Pair::add:
      return simd::add(a, b);
    case Pair::subtract:
      return simd::sub(a, b);
    case Pair::multiply:
      return simd::mul(a, b);
    case Pair::divide:
      return simd::div(a, b);
    case Pair::maximum:
      return maximum(a, b);
    case Pair::minimum:
      return minimum(a, b);
    case Pair::power:
      return by_lanes(a, b, [](float x, float y) { return __builtin_powf(x, y); });
    case Pair::squared_difference:
      return simd::mul(simd::sub(a, b), simd::sub(a, b));
    case Pair::floor_divide:
      return simd::floor(simd::div(a, b));
    case Pair::truncate_divide:
      return simd::trunc(simd::div(a, b));
    case Pair::modulo:
      return by_lanes(a, b, [](float x, float y) { return floor_modulo(x, y); });
    case Pair::atan2:
      return by_lanes(a, b, [](float x, float y) { return __builtin_atan2f(x, y); });
    case Pair::multiply_no_nan:
      return simd::select(simd::equal(b, simd::zero()), simd::zero(), simd::mul(a, b));
    case Pair::divide_no_nan:
      return simd::select(simd::equal(b, simd::zero()), simd::zero(), simd::div(a, b));
    case Pair::prelu:
      return simd::select(positive(a), a, simd::mul(a, b));
  }
  return a;
}

}  // namespace
}  // namespace vivace::kernels::VIVACE_ISA
