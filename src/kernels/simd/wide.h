// Several vectors as one: every operation is done on each in turn. A function of 20 dependent operations
// fills the scheduler before its first result is there; of several side by side, one works while the others
// wait. Included by kernel bodies only, after the vector layer.
#pragma once

namespace vivace::kernels::VIVACE_ISA::simd {

template <int kCount>
struct Wide {
  struct Masks {
    Mask m[kCount];
    [[gnu::always_inline]] friend Wide select(const Masks& m, const Wide& a, const Wide& b) {
      Wide y;
#pragma GCC unroll 8
      for (int i = 0; i < kCount; ++i) y.v[i] = simd::select(m.m[i], a.v[i], b.v[i]);
      return y;
    }
  };

  Vec v[kCount];

  Wide() = default;
  [[gnu::always_inline]] Wide(Vec x) {  // NOLINT(google-explicit-constructor): constants stand for all
#pragma GCC unroll 8
    for (int i = 0; i < kCount; ++i) v[i] = x;
  }

#define VIVACE_WIDE_1(name)                                                               \
  [[gnu::always_inline]] friend Wide name(const Wide& a) {                                \
    Wide y;                                                                               \
    _Pragma("GCC unroll 8") for (int i = 0; i < kCount; ++i) y.v[i] = simd::name(a.v[i]); \
    return y;                                                                             \
  }
#define VIVACE_WIDE_2(name, Result, field)                                                            \
  [[gnu::always_inline]] friend Result name(const Wide& a, const Wide& b) {                           \
    Result y;                                                                                         \
    _Pragma("GCC unroll 8") for (int i = 0; i < kCount; ++i) y.field[i] = simd::name(a.v[i], b.v[i]); \
    return y;                                                                                         \
  }
#define VIVACE_WIDE_3(name)                                                                               \
  [[gnu::always_inline]] friend Wide name(const Wide& a, const Wide& b, const Wide& c) {                  \
    Wide y;                                                                                               \
    _Pragma("GCC unroll 8") for (int i = 0; i < kCount; ++i) y.v[i] = simd::name(a.v[i], b.v[i], c.v[i]); \
    return y;                                                                                             \
  }
  VIVACE_WIDE_1(abs)
  VIVACE_WIDE_1(negate)
  VIVACE_WIDE_1(round)
  VIVACE_WIDE_1(reciprocal)
  VIVACE_WIDE_2(add, Wide, v)
  VIVACE_WIDE_2(sub, Wide, v)
  VIVACE_WIDE_2(mul, Wide, v)
  VIVACE_WIDE_2(min, Wide, v)
  VIVACE_WIDE_2(max, Wide, v)
  VIVACE_WIDE_2(copy_sign, Wide, v)
  VIVACE_WIDE_2(quotient, Wide, v)
  VIVACE_WIDE_2(times_power_of_two, Wide, v)
  VIVACE_WIDE_2(less, Masks, m)
  VIVACE_WIDE_2(equal, Masks, m)
  VIVACE_WIDE_3(fma)
  VIVACE_WIDE_3(fnma)
#undef VIVACE_WIDE_1
#undef VIVACE_WIDE_2
#undef VIVACE_WIDE_3
};

template <int kCount>
VIVACE_INLINE Wide<kCount> load_wide(const float* p) {
  Wide<kCount> y;
#pragma GCC unroll 8
  for (int i = 0; i < kCount; ++i) y.v[i] = load(p + i * kLanes);
  return y;
}
template <int kCount>
VIVACE_INLINE void store_wide(float* p, const Wide<kCount>& x) {
#pragma GCC unroll 8
  for (int i = 0; i < kCount; ++i) store(p + i * kLanes, x.v[i]);
}

/// As many as leave registers for a function's own values.
inline constexpr int kWide = kRegisters / 8;

}  // namespace vivace::kernels::VIVACE_ISA::simd
