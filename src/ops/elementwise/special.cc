#include "ops/elementwise/special.h"

#include <math.h>  // lgamma_r, which writes no global sign

#include <cmath>
#include <limits>
#include <numbers>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

// By Newton's steps from Winitzki's approximation; near the ends erfc keeps what 1 - erf would lose.
double erf_inverse(double x) {
  if (!(x > -1 && x < 1)) return x == 1 ? kInfinity : x == -1 ? -kInfinity : kNan;
  const double a = 0.147, half = std::log1p(-x * x) / 2, b = 2 / (std::numbers::pi * a) + half;
  double y = std::copysign(std::sqrt(std::sqrt(b * b - 2 * half / a) - b), x);
  for (int step = 0; step < 4; ++step) {
    const double miss = std::fabs(x) < 0.5 ? std::erf(y) - x
                        : x > 0            ? (1 - x) - std::erfc(y)
                                           : std::erfc(-y) - (1 + x);
    const double slope = 2 / std::sqrt(std::numbers::pi) * std::exp(-y * y);
    y -= miss / (slope + y * miss);  // Halley's
  }
  return y;
}

// Upwards by recurrence to where the asymptotic series holds; reflected from negative numbers.
double digamma(double x) {
  if (std::isnan(x) || x == -kInfinity) return kNan;
  if (x <= 0 && std::floor(x) == x) return kNan;
  if (x < 0) return digamma(1 - x) - std::numbers::pi / std::tan(std::numbers::pi * x);
  double shift = 0;
  for (; x < 10; ++x) shift -= 1 / x;
  const double r = 1 / (x * x);
  const double series = r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r / 132))));
  return shift + std::log(x) - 0.5 / x - series;
}

// I_order(x) exp(-|x|), for order 0 and 1: the power series, or the asymptotic one.
double bessel_scaled(double x, int order) {
  const double z = std::fabs(x), sign = order == 1 && x < 0 ? -1 : 1;
  if (std::isnan(x)) return x;
  double term = 1, total = 1;
  if (z < 25) {
    for (int k = 1; k < 200 && term > total * 1e-18; ++k) total += term *= z * z / 4 / k / (k + order);
    return sign * total * (order == 1 ? z / 2 : 1) * std::exp(-z);
  }
  for (int k = 1; k < 30 && std::fabs(term) > 1e-18; ++k) {
    const double odd = 2 * k - 1;
    total += term *= -(4.0 * order * order - odd * odd) / (8 * z * k);
  }
  return sign * total / std::sqrt(2 * std::numbers::pi * z);
}

double evaluate(Special::Function function, double x) {
  switch (function) {
    case Special::Function::erfc:
      return std::erfc(x);
    case Special::Function::erf_inverse:
      return erf_inverse(x);
    case Special::Function::log_gamma:
      return log_gamma(x);
    case Special::Function::digamma:
      return digamma(x);
    case Special::Function::bessel_i0:
      return bessel_scaled(x, 0) * std::exp(std::fabs(x));
    case Special::Function::bessel_i0e:
      return bessel_scaled(x, 0);
    case Special::Function::bessel_i1:
      return bessel_scaled(x, 1) * std::exp(std::fabs(x));
    case Special::Function::bessel_i1e:
      return bessel_scaled(x, 1);
  }
  return kNan;
}

}  // namespace

Result<std::vector<Fact>> Special::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  VIVACE_CHECK_OK(require_float(kName, "x", inputs[0]));
  return inferred(kName, {Fact::tensor(inputs[0].dtype, inputs[0].dims)});
}

Cost Special::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(4 * kTranscendentalFlops * elements_of(outputs[0]), inputs, outputs);
}

Status Special::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const std::int64_t count = inputs[0].count();
  for (std::int64_t i = 0; i < count; ++i)
    store(outputs[0], i, vivace::evaluate(function, load(inputs[0], i)));
  return {};
}

}  // namespace vivace
