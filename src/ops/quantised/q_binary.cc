#include "ops/quantised/q_binary.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/quantised/fixed_functions.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

bool compare(QBinary::Kind kind, std::int32_t a, std::int32_t b) {
  switch (kind) {
    case QBinary::Kind::equal:
      return a == b;
    case QBinary::Kind::not_equal:
      return a != b;
    case QBinary::Kind::less:
      return a < b;
    case QBinary::Kind::less_equal:
      return a <= b;
    case QBinary::Kind::greater:
      return a > b;
    default:
      return a >= b;
  }
}

std::int32_t wrapped(std::int64_t value) { return static_cast<std::int32_t>(value); }

// Where more than 31 places would be shifted out, TensorFlow Lite's division by a power of two shifts by the
// count's last five bits and compares with a mask of ones, on x86-64 and Arm alike: 0 becomes 1.
std::int32_t divide_by_power_of_two(std::int32_t x, int exponent) {
  if (exponent <= 31) return rounding_divide_by_power_of_two(x, exponent);
  const std::int32_t threshold = x < 0 ? 0 : -1;
  return (x >> (exponent % 32)) + (x > threshold ? 1 : 0);
}

// a / b times the factor. b is not 0.
std::int64_t quotient(std::int32_t a, std::int32_t b, QuantisedMultiplier factor) {
  if (b < 0) {
    a = -a;
    b = -b;
  }
  const fixed::Reciprocal inverse = fixed::reciprocal(b, 31);
  const int headroom = a == 0 ? 31 : std::countl_zero(static_cast<std::uint32_t>(a < 0 ? ~a : a)) - 1;
  const std::int32_t unscaled =
      saturating_rounding_doubling_high_multiply(shift_left(a, headroom), inverse.raw);
  const int shift = factor.shift - inverse.bits_over_unit - headroom;
  if (shift > 0) return multiply(unscaled, {factor.mantissa, std::min(shift, kGreatestShift)});
  return divide_by_power_of_two(saturating_rounding_doubling_high_multiply(unscaled, factor.mantissa),
                                -shift);
}

// One element of a kind that gives numbers, for inputs less their zero points.
class Function {
 public:
  explicit Function(const QBinary& op)
      : op_(op), a_(quantize_multiplier(op.a_multiplier)), b_(quantize_multiplier(op.b_multiplier)) {}

  std::int32_t scaled_a(std::int64_t a) const { return scaled(a, a_); }
  std::int32_t scaled_b(std::int64_t b) const { return scaled(b, b_); }

  std::int64_t sum(std::int64_t a, std::int64_t b) const {
    if (op_.end.rounding == Rounding::exact_up) {
      const auto by_a = static_cast<std::int64_t>(op_.a_multiplier),
                 by_b = static_cast<std::int64_t>(op_.b_multiplier);
      return op_.kind == QBinary::Kind::add ? a * by_a + b * by_b : a * by_a - b * by_b;
    }
    switch (op_.kind) {
      case QBinary::Kind::add:
        return wrapped(std::int64_t{scaled_a(a)} + scaled_b(b));
      case QBinary::Kind::multiply:
      case QBinary::Kind::prelu:
        return wrapped(a * b);
      default:
        break;
    }
    const std::int64_t difference = wrapped(std::int64_t{scaled_a(a)} - scaled_b(b));
    return op_.kind == QBinary::Kind::subtract ? difference : wrapped(difference * difference);
  }

 private:
  std::int32_t scaled(std::int64_t x, QuantisedMultiplier by) const {
    return multiply(shift_left(static_cast<std::int32_t>(x), static_cast<int>(op_.left_shift)), by);
  }

  const QBinary& op_;
  QuantisedMultiplier a_, b_;
};

// Factors of at most 21 bits: sums of two bytes by them stay within 32, half a step of the shift included.
constexpr std::int64_t kMostShiftedFactor = 1 << 21;
constexpr int kMostShift = 30;

// What exact_up needs: whole factors, and 2^-n as the last, so that integers give the same.
Status require_shifted(const QBinary& op) {
  const bool is_sum = op.kind == QBinary::Kind::add || op.kind == QBinary::Kind::subtract;
  if (!is_sum || op.left_shift != 0 || op.end.result == DType::i16)
    return attribute_error(QBinary::kName, "the rounding exact_up is for sums and differences of bytes");
  for (const double factor : {op.a_multiplier, op.b_multiplier})
    if (!(factor >= 0 && factor <= kMostShiftedFactor && factor == std::floor(factor)))
      return attribute_error(QBinary::kName, text("a factor is {}", factor))
          .why(text("before a shift it must be a whole number up to {}", kMostShiftedFactor));
  int exponent = 0;
  if (op.end.multipliers.size() != 1 || std::frexp(op.end.multipliers[0], &exponent) != 0.5 || exponent > 0 ||
      exponent <= -kMostShift)
    return attribute_error(QBinary::kName, "a shift is no 2^-n, n from 1 to 30");
  return {};
}

// The roundings that a kind knows.
Status require_rounding(const QBinary& op, const Fact& x) {
  if (op.end.rounding == Rounding::exact_up) {
    if (x.dtype == DType::i16) return attribute_error(QBinary::kName, "the rounding exact_up is for bytes");
    return require_shifted(op);
  }
  if (op.end.rounding == Rounding::fixed31) return {};
  if (op.end.rounding == Rounding::float_even && op.kind == QBinary::Kind::multiply) return {};
  return attribute_error(QBinary::kName,
                         "the rounding must be fixed31, float_even of a product, or exact_up of a sum");
}

}  // namespace

Result<std::vector<Fact>> QBinary::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact &a = inputs[0], &b = inputs[1];
  VIVACE_CHECK_OK(require_factors(kName, a, a_zero, b, b_zero));
  VIVACE_CHECK_OK(require_dtype(kName, "the right input", b, a.dtype));
  VIVACE_CHECK_OK(require_number(kName, "left_shift", left_shift, 0, 30));
  VIVACE_CHECK_OK(require_factor(kName, "a_multiplier", a_multiplier, Rounding::fixed31));
  VIVACE_CHECK_OK(require_factor(kName, "b_multiplier", b_multiplier, Rounding::fixed31));
  VIVACE_TRY(Dims dims, broadcast_dims(kName, a.dims, b.dims));
  if (gives_truth()) return inferred(kName, {Fact::tensor(DType::boolean, std::move(dims))});
  VIVACE_CHECK_OK(require_requantisation(kName, end, Dim(1)));
  VIVACE_CHECK_OK(require_rounding(*this, a));
  return inferred(kName, {Fact::tensor(end.result, std::move(dims))});
}

Cost QBinary::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(6 * elements_of(outputs[0]), inputs, outputs);
}

Status QBinary::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &z = inputs[1];
  const MutableTensorView& y = outputs[0];
  const Function function(*this);
  const QuantisedMultiplier above = quantize_multiplier(a_multiplier);
  const Requantiser requantise(end);
  const QuantisedMultiplier factor =
      gives_truth() ? QuantisedMultiplier{} : quantize_multiplier(end.multipliers[0]);
  Walk walk(y.dims, {broadcast_strides(x.dims, y.dims), broadcast_strides(z.dims, y.dims)});
  for (std::int64_t i = 0; i < y.count(); ++i, walk.next()) {
    const std::int64_t a = load_integer(x, walk[0]) - a_zero, b = load_integer(z, walk[1]) - b_zero;
    if (gives_truth()) {
      store_integer(y, i, compare(kind, function.scaled_a(a), function.scaled_b(b)));
    } else if (kind == Kind::prelu && a >= 0) {
      const std::int64_t scaled = multiply(static_cast<std::int32_t>(a), above);
      store_integer(y, i, std::clamp(scaled + end.zero, end.low, end.high));
    } else if (kind != Kind::divide) {
      store_integer(y, i, requantise(function.sum(a, b)));
    } else {
      if (b == 0) return Error("op.value", text("{}: a divisor is 0", kName)).fix("give inputs without it");
      const std::int64_t scaled =
          quotient(static_cast<std::int32_t>(a), static_cast<std::int32_t>(b), factor);
      store_integer(y, i, std::clamp(scaled + end.zero, end.low, end.high));
    }
  }
  return {};
}

}  // namespace vivace
