#include "ops/elementwise/binary.h"

#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Kind = Binary::Kind;

std::string_view name_of_kind(Kind kind) { return Binary::kKinds[static_cast<std::size_t>(kind)]; }

bool is_comparison(Kind kind) { return kind >= Kind::equal && kind <= Kind::greater_equal; }

bool fits(Kind kind, DType dtype) {
  if (is_comparison(kind)) return true;
  if (kind >= Kind::logical_and && kind <= Kind::logical_xor) return dtype == DType::boolean;
  if (is_float(dtype)) return true;
  return is_integer(dtype) && kind != Kind::divide && kind != Kind::atan2 && kind < Kind::equal;
}

bool has_quotient(Kind kind) {
  return kind == Kind::floor_divide || kind == Kind::truncate_divide || kind == Kind::modulo;
}

// TensorFlow rounds a quotient to the type before it takes its floor: 1 // 0.1 is 10 in float32.
double rounded(DType dtype, double value) {
  std::uint64_t cell = 0;
  store({&cell, dtype, {}}, 0, value);
  return load({&cell, dtype, {}}, 0);
}

double floor_modulo(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest;
}

double keep_nan(double a, double b, bool take_a) { return std::isnan(a) || take_a ? a : b; }

template <class T>
bool compare(Kind kind, T a, T b) {
  switch (kind) {
    case Kind::equal:
      return a == b;
    case Kind::not_equal:
      return a != b;
    case Kind::less:
      return a < b;
    case Kind::less_equal:
      return a <= b;
    case Kind::greater:
      return a > b;
    case Kind::greater_equal:
      return a >= b;
    case Kind::logical_and:
      return a != 0 && b != 0;
    case Kind::logical_or:
      return a != 0 || b != 0;
    default:
      return (a != 0) != (b != 0);
  }
}

std::int64_t power(std::uint64_t base, std::uint64_t exponent) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return static_cast<std::int64_t>(result);
}

// Requires b != 0. -2^63 / -1 wraps around.
std::int64_t quotient(Kind kind, std::int64_t a, std::int64_t b) {
  if (b == -1) return kind == Kind::modulo ? 0 : static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a));
  const std::int64_t whole = a / b, rest = a % b;
  const bool below = rest != 0 && (rest < 0) != (b < 0);
  if (kind == Kind::modulo) return below ? rest + b : rest;
  return kind == Kind::floor_divide && below ? whole - 1 : whole;
}

std::int64_t quotient(Kind kind, std::uint64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(kind == Kind::modulo ? a % b : a / b);
}

// Two integers of a type; b != 0 in a division, b >= 0 in a power.
std::int64_t combine(Kind kind, DType dtype, std::int64_t a, std::int64_t b) {
  const auto ua = static_cast<std::uint64_t>(a), ub = static_cast<std::uint64_t>(b);
  switch (kind) {
    case Kind::add:
      return static_cast<std::int64_t>(ua + ub);
    case Kind::subtract:
      return static_cast<std::int64_t>(ua - ub);
    case Kind::multiply:
      return static_cast<std::int64_t>(ua * ub);
    case Kind::maximum:
      return order_key(dtype, a) > order_key(dtype, b) ? a : b;
    case Kind::minimum:
      return order_key(dtype, a) < order_key(dtype, b) ? a : b;
    case Kind::power:
      return power(ua, ub);
    case Kind::squared_difference:
      return static_cast<std::int64_t>((ua - ub) * (ua - ub));
    default:
      return dtype == DType::u64 ? quotient(kind, ua, ub) : quotient(kind, a, b);
  }
}

}  // namespace

Error undefined_operand(Kind kind, std::int64_t b) {
  if (kind != Kind::power)
    return Error("op.value", text("binary: {} of integers by 0", name_of_kind(kind)))
        .why("an integer has no quotient by 0; TensorFlow stops here too")
        .fix("check the divisor's input, or divide as floating-point numbers");
  return Error("op.value", text("binary: an integer to the power of {}", b))
      .why("the result is no integer; TensorFlow stops here too")
      .fix("cast to a floating type before the power");
}

bool is_defined(Binary::Kind kind, DType dtype, std::int64_t b) {
  if (has_quotient(kind)) return b != 0;
  return kind != Kind::power || b >= 0 || is_unsigned(dtype);
}

std::int64_t evaluate_integer(Binary::Kind kind, DType dtype, std::int64_t a, std::int64_t b) {
  if (kind >= Kind::equal && kind <= Kind::logical_xor)
    return compare(kind, order_key(dtype, a), order_key(dtype, b));
  return wrapped(dtype, combine(kind, dtype, a, b));
}

double flops_of(Binary::Kind kind) {
  switch (kind) {
    case Kind::power:
    case Kind::atan2:
      return 2 * kTranscendentalFlops;
    case Kind::squared_difference:
    case Kind::floor_divide:
    case Kind::truncate_divide:
    case Kind::modulo:
    case Kind::prelu:
      return 2;
    default:
      return 1;
  }
}

double evaluate(Binary::Kind kind, DType dtype, double a, double b) {
  switch (kind) {
    case Kind::add:
      return a + b;
    case Kind::subtract:
      return a - b;
    case Kind::multiply:
      return a * b;
    case Kind::divide:
      return a / b;
    case Kind::maximum:
      return keep_nan(a, b, a > b);
    case Kind::minimum:
      return keep_nan(a, b, a < b);
    case Kind::power:
      return std::pow(a, b);
    case Kind::squared_difference:
      return (a - b) * (a - b);
    case Kind::floor_divide:
      return std::floor(rounded(dtype, a / b));
    case Kind::truncate_divide:
      return std::trunc(rounded(dtype, a / b));
    case Kind::modulo:
      return floor_modulo(a, b);
    case Kind::atan2:
      return std::atan2(a, b);
    case Kind::multiply_no_nan:
      return b == 0 ? 0 : a * b;
    case Kind::divide_no_nan:
      return b == 0 ? 0 : a / b;
    case Kind::prelu:
      return a > 0 ? a : a * b;
    default:
      return compare(kind, a, b);
  }
}

Result<std::vector<Fact>> Binary::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact& a = inputs[0];
  VIVACE_CHECK_OK(require_dtype(kName, "the second input", inputs[1], a.dtype));
  if (!fits(kind, a.dtype))
    return dtype_error(kName, text("{} is not defined for {}", name_of_kind(kind), name_of(a.dtype)));
  const bool activates =
      gives_truth() ? activation.none() : is_float(a.dtype) || knows_integers(activation.kind);
  if (!activates || activation.kind >= UnaryKind::logical_not)
    return attribute_error(kName, text("{} of {} cannot end in {}", name_of_kind(kind), name_of(a.dtype),
                                       kUnaryNames[static_cast<std::size_t>(activation.kind)]));
  VIVACE_TRY(Dims dims, broadcast_dims(kName, a.dims, inputs[1].dims));
  return inferred(kName, {Fact::tensor(gives_truth() ? DType::boolean : a.dtype, std::move(dims))});
}

Cost Binary::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of((flops_of(kind) + flops_of(activation.kind)) * elements_of(outputs[0]), inputs, outputs);
}

Status Binary::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView &a = inputs[0], &b = inputs[1];
  const MutableTensorView& y = outputs[0];
  const std::int64_t count = y.count();
  Walk walk(y.dims, {broadcast_strides(a.dims, y.dims), broadcast_strides(b.dims, y.dims)});
  for (std::int64_t i = 0; i < count; ++i, walk.next()) {
    if (is_float(a.dtype)) {
      const double value = vivace::evaluate(kind, a.dtype, load(a, walk[0]), load(b, walk[1]));
      store(y, i, vivace::evaluate(activation, value));
      continue;
    }
    const std::int64_t left = load_integer(a, walk[0]), right = load_integer(b, walk[1]);
    if (!is_defined(kind, a.dtype, right)) return undefined_operand(kind, right);
    const std::int64_t value = evaluate_integer(kind, a.dtype, left, right);
    store_integer(y, i, gives_truth() ? value : evaluate_integer(activation, a.dtype, value));
  }
  return {};
}

}  // namespace vivace
