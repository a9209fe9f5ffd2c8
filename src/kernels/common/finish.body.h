// The end of matrix-like kernels where it is more than bias and clamp on whole vectors.
#include "kernels/common/end.h"
#include "kernels/simd/math.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

template <Act kAct>
VIVACE_INLINE Vec activate(Vec x, Vec a, Vec b) {
  const Vec one = simd::splat(1.0f);
  if constexpr (kAct == Act::clamp) return simd::min(b, simd::max(a, x));
  if constexpr (kAct == Act::leaky_relu) return simd::select(simd::less(simd::zero(), x), x, simd::mul(a, x));
  if constexpr (kAct == Act::elu)
    return simd::select(simd::less(simd::zero(), x), x, simd::mul(a, simd::expm1(x)));
  if constexpr (kAct == Act::selu)
    return simd::mul(
        simd::splat(1.05070098f),
        simd::select(simd::less(simd::zero(), x), x, simd::mul(simd::splat(1.67326324f), simd::expm1(x))));
  if constexpr (kAct == Act::sigmoid) return simd::sigmoid(x);
  if constexpr (kAct == Act::tanh) return simd::tanh(x);
  if constexpr (kAct == Act::silu) return simd::mul(x, simd::sigmoid(x));
  if constexpr (kAct == Act::gelu) {
    const Vec phi = simd::add(one, simd::erf(simd::mul(x, simd::splat(0.70710678f))));
    return simd::mul(simd::mul(simd::splat(0.5f), x), phi);
  }
  if constexpr (kAct == Act::gelu_tanh) {
    const Vec cube = simd::mul(simd::mul(x, x), x);
    const Vec inner = simd::mul(simd::splat(0.79788456f), simd::fma(simd::splat(0.044715f), cube, x));
    return simd::mul(simd::mul(simd::splat(0.5f), x), simd::add(one, simd::tanh(inner)));
  }
  if constexpr (kAct == Act::hard_sigmoid) return simd::min(one, simd::max(simd::zero(), simd::fma(a, x, b)));
  if constexpr (kAct == Act::hard_silu) {
    const Vec gate = simd::fma(simd::splat(1.0f / 6.0f), x, simd::splat(0.5f));
    return simd::mul(x, simd::min(one, simd::max(simd::zero(), gate)));
  }
}

template <Act kAct>
void finish_as(const Finish& p) {
  const Vec a = simd::splat(p.end.alpha), b = simd::splat(p.end.beta);
  const bool before = p.end.residual && !p.end.residual_last, after = p.end.residual && p.end.residual_last;
  for (std::size_t i = 0; i < p.rows; ++i) {
    const float* sums = p.sums + i * p.sums_stride;
    const float* residual = p.end.residual ? p.end.residual + i * p.end.residual_stride : nullptr;
    float* c = p.c + i * p.c_stride;
    for (std::size_t j = 0; j < p.columns; j += simd::kLanes) {
      const std::size_t n = p.columns - j < simd::kLanes ? p.columns - j : simd::kLanes;
      Vec v = simd::load_n(sums + j, n);
      if (p.end.bias) v = simd::add(v, simd::load_n(p.end.bias + j, n));
      if (before) v = simd::add(v, simd::load_n(residual + j, n));
      v = activate<kAct>(v, a, b);
      if (after) v = simd::add(v, simd::load_n(residual + j, n));
      simd::store_n(c + j, v, n);
    }
  }
}

}  // namespace

void finish(const Finish& p) noexcept {
  switch (p.end.act) {
    case Act::clamp:
      return finish_as<Act::clamp>(p);
    case Act::leaky_relu:
      return finish_as<Act::leaky_relu>(p);
    case Act::elu:
      return finish_as<Act::elu>(p);
    case Act::selu:
      return finish_as<Act::selu>(p);
    case Act::sigmoid:
      return finish_as<Act::sigmoid>(p);
    case Act::tanh:
      return finish_as<Act::tanh>(p);
    case Act::silu:
      return finish_as<Act::silu>(p);
    case Act::gelu:
      return finish_as<Act::gelu>(p);
    case Act::gelu_tanh:
      return finish_as<Act::gelu_tanh>(p);
    case Act::hard_sigmoid:
      return finish_as<Act::hard_sigmoid>(p);
    case Act::hard_silu:
      return finish_as<Act::hard_silu>(p);
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
