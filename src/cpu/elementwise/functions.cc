#include "cpu/elementwise/functions.h"

namespace vivace::cpu {
namespace {

using kernels::Function;
using kernels::Pair;

// The kernels' lists stand in ops' order: function_of is a cast.
#define FUNCTION(name) \
  static_assert(static_cast<std::uint32_t>(Function::name) == static_cast<std::uint32_t>(UnaryKind::name));
#include "kernels/elementwise/functions.inc"
#undef FUNCTION

constexpr std::pair<Binary::Kind, Pair> kPairs[] = {
#define PAIR(name) {Binary::Kind::name, Pair::name},
#include "kernels/elementwise/pairs.inc"
#undef PAIR
};

}  // namespace

kernels::Function function_of(UnaryKind kind) { return static_cast<Function>(kind); }

kernels::Pair pair_of(Binary::Kind kind) {
  for (const auto& [op, kernel] : kPairs)
    if (op == kind) return kernel;
  return Pair::add;
}

kernels::Map map_of(const Activation& activation) {
  return {function_of(activation.kind),
          static_cast<float>(activation.alpha),
          static_cast<float>(activation.beta),
          nullptr,
          nullptr,
          0};
}

Ending ending_of(const Activation& activation) {
  Ending ending;
  switch (activation.kind) {
    case UnaryKind::identity:
      break;
    case UnaryKind::relu:
      ending.low = 0;
      break;
    case UnaryKind::clamp:
      ending.low = static_cast<float>(activation.alpha);
      ending.high = static_cast<float>(activation.beta);
      break;
    default:
      ending.maps = true;
      ending.map = map_of(activation);
  }
  return ending;
}

}  // namespace vivace::cpu
