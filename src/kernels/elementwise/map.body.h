// A function of each element.
#include "kernels/elementwise/function_math.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

template <Function kFunction>
void map_as(const Map& p) {
  const Vec a = simd::splat(p.a), b = simd::splat(p.b);
  std::size_t i = 0;
  if constexpr (is_hot(kFunction)) {
    constexpr std::size_t kStep = simd::kWide * simd::kLanes;
    for (; i + kStep <= p.count; i += kStep)
      simd::store_wide(p.y + i, apply_hot(kFunction, simd::load_wide<simd::kWide>(p.x + i)));
  }
  for (; i + simd::kLanes <= p.count; i += simd::kLanes)
    simd::store(p.y + i, apply(kFunction, simd::load(p.x + i), a, b));
  if (const std::size_t n = p.count - i; n != 0)
    simd::store_n(p.y + i, apply(kFunction, simd::load_n(p.x + i, n), a, b), n);
}

}  // namespace

void map(const Map& p) noexcept {
  switch (p.function) {
#define FUNCTION(name) \
  case Function::name: \
    return map_as<Function::name>(p);
#include "kernels/elementwise/functions.inc"
#undef FUNCTION
  }
}

}  // namespace vivace::kernels::VIVACE_ISA
