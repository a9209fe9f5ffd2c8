#include "ops/common/elements/integers.h"

#include "ops/common/reference.h"

namespace vivace {
namespace {

// Cuts `value` where it passes a bound, which may be a fraction or infinite; a bound of NaN cuts nothing.
std::int64_t clamp(const Activation& f, DType dtype, std::int64_t x) {
  const double value =
      dtype == DType::u64 ? static_cast<double>(static_cast<std::uint64_t>(x)) : static_cast<double>(x);
  if (!(value < f.alpha) && !(value > f.beta)) return x;
  std::uint64_t cell = 0;
  store({&cell, dtype, {}}, 0, value < f.alpha ? f.alpha : f.beta);
  return load_integer({&cell, dtype, {}}, 0);
}

}  // namespace

std::int64_t wrapped(DType dtype, std::int64_t value) {
  std::uint64_t cell = 0;
  store_integer({&cell, dtype, {}}, 0, value);
  return load_integer({&cell, dtype, {}}, 0);
}

bool knows_integers(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::identity:
    case UnaryKind::relu:
    case UnaryKind::clamp:
    case UnaryKind::abs:
    case UnaryKind::negate:
    case UnaryKind::sign:
    case UnaryKind::square:
      return true;
    default:
      return false;
  }
}

std::int64_t evaluate_integer(const Activation& f, DType dtype, std::int64_t x) {
  const auto bits = static_cast<std::uint64_t>(x);
  const bool negative = x < 0 && !is_unsigned(dtype);
  const auto minus = static_cast<std::int64_t>(0 - bits);
  switch (f.kind) {
    case UnaryKind::relu:
      return negative ? 0 : x;
    case UnaryKind::clamp:
      return clamp(f, dtype, x);
    case UnaryKind::abs:
      return wrapped(dtype, negative ? minus : x);
    case UnaryKind::negate:
      return wrapped(dtype, minus);
    case UnaryKind::sign:
      return negative ? -1 : x != 0;
    case UnaryKind::square:
      return wrapped(dtype, static_cast<std::int64_t>(bits * bits));
    default:
      return x;
  }
}

}  // namespace vivace
