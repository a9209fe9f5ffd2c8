#include "ops/common/activation.h"

#include <cmath>
#include <iterator>
#include <numbers>

#include "graph/op.h"

namespace vivace {
namespace {

struct Row {
  UnaryKind kind;
  double flops;
  double (*value)(double x, double a, double b);
};

constexpr double kExp = kTranscendentalFlops;
constexpr double kSeluScale = 1.0507009873554804934193349852946;
constexpr double kSeluAlpha = 1.6732632423543772848170429916717;

// Comparisons are written so that NaN falls through to a branch that returns it, except where the framework's
// own formula drops it (activation.h).
double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
double sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));  // never overflows
  return (x >= 0 ? 1 : e) / (1 + e);
}
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double gelu_tanh(double x) {
  const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return 0.5 * x * (1 + std::tanh(inner));
}
double sparse_plus(double x) { return x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x; }
double soft_shrink(double x, double a) { return x > a ? x - a : x < -a ? x + a : 0; }

constexpr Row kRows[] = {
    {UnaryKind::identity, 0, [](double x, double, double) { return x; }},
    {UnaryKind::relu, 1, [](double x, double, double) { return x < 0 ? 0 : x; }},
    {UnaryKind::leaky_relu, 2, [](double x, double a, double) { return x > 0 ? x : a * x; }},
    {UnaryKind::thresholded_relu, 2, [](double x, double a, double) { return x > a ? x : 0; }},
    {UnaryKind::clamp, 2, [](double x, double a, double b) { return clamp(x, a, b); }},
    {UnaryKind::elu, kExp + 2, [](double x, double a, double) { return x > 0 ? x : a * std::expm1(x); }},
    {UnaryKind::selu, kExp + 3,
     [](double x, double, double) { return kSeluScale * (x > 0 ? x : kSeluAlpha * std::expm1(x)); }},
    {UnaryKind::celu, kExp + 3, [](double x, double a, double) { return x > 0 ? x : a * std::expm1(x / a); }},
    {UnaryKind::sigmoid, kExp + 2, [](double x, double, double) { return sigmoid(x); }},
    {UnaryKind::tanh, kExp, [](double x, double, double) { return std::tanh(x); }},
    {UnaryKind::softplus, 2 * kExp + 1, [](double x, double, double) { return softplus(x); }},
    {UnaryKind::softsign, 3, [](double x, double, double) { return x / (1 + std::fabs(x)); }},
    {UnaryKind::silu, kExp + 3, [](double x, double, double) { return x * sigmoid(x); }},
    {UnaryKind::gelu, kExp + 4,
     [](double x, double, double) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); }},
    {UnaryKind::gelu_tanh, kExp + 8, [](double x, double, double) { return gelu_tanh(x); }},
    {UnaryKind::mish, 3 * kExp + 2, [](double x, double, double) { return x * std::tanh(softplus(x)); }},
    {UnaryKind::log_sigmoid, 2 * kExp + 2, [](double x, double, double) { return -softplus(-x); }},
    {UnaryKind::squareplus, 5, [](double x, double a, double) { return (x + std::sqrt(x * x + a)) / 2; }},
    {UnaryKind::hard_sigmoid, 4, [](double x, double a, double b) { return clamp(a * x + b, 0, 1); }},
    {UnaryKind::hard_silu, 5, [](double x, double, double) { return x * clamp(x / 6 + 0.5, 0, 1); }},
    {UnaryKind::hard_tanh, 2, [](double x, double, double) { return clamp(x, -1, 1); }},
    {UnaryKind::hard_shrink, 2, [](double x, double a, double) { return std::fabs(x) > a ? x : 0; }},
    {UnaryKind::soft_shrink, 3, [](double x, double a, double) { return soft_shrink(x, a); }},
    {UnaryKind::tanh_shrink, kExp + 1, [](double x, double, double) { return x - std::tanh(x); }},
    {UnaryKind::threshold, 1, [](double x, double a, double b) { return x > a ? x : b; }},
    {UnaryKind::sparse_plus, 4, [](double x, double, double) { return sparse_plus(x); }},
    {UnaryKind::sparse_sigmoid, 4, [](double x, double, double) { return clamp((x + 1) / 2, 0, 1); }},
    {UnaryKind::abs, 1, [](double x, double, double) { return std::fabs(x); }},
    {UnaryKind::negate, 1, [](double x, double, double) { return -x; }},
    {UnaryKind::sign, 1, [](double x, double, double) { return x > 0   ? 1
                                                               : x < 0 ? -1
                                                                       : x; }},
    {UnaryKind::square, 1, [](double x, double, double) { return x * x; }},
    {UnaryKind::sqrt, 1, [](double x, double, double) { return std::sqrt(x); }},
    {UnaryKind::rsqrt, 2, [](double x, double, double) { return 1 / std::sqrt(x); }},
    {UnaryKind::reciprocal, 1, [](double x, double, double) { return 1 / x; }},
    {UnaryKind::exp, kExp, [](double x, double, double) { return std::exp(x); }},
    {UnaryKind::expm1, kExp, [](double x, double, double) { return std::expm1(x); }},
    {UnaryKind::log, kExp, [](double x, double, double) { return std::log(x); }},
    {UnaryKind::log1p, kExp, [](double x, double, double) { return std::log1p(x); }},
    {UnaryKind::log2, kExp, [](double x, double, double) { return std::log2(x); }},
    {UnaryKind::log10, kExp, [](double x, double, double) { return std::log10(x); }},
    {UnaryKind::exp2, kExp, [](double x, double, double) { return std::exp2(x); }},
    {UnaryKind::sin, kExp, [](double x, double, double) { return std::sin(x); }},
    {UnaryKind::cos, kExp, [](double x, double, double) { return std::cos(x); }},
    {UnaryKind::tan, kExp, [](double x, double, double) { return std::tan(x); }},
    {UnaryKind::asin, kExp, [](double x, double, double) { return std::asin(x); }},
    {UnaryKind::acos, kExp, [](double x, double, double) { return std::acos(x); }},
    {UnaryKind::atan, kExp, [](double x, double, double) { return std::atan(x); }},
    {UnaryKind::sinh, kExp, [](double x, double, double) { return std::sinh(x); }},
    {UnaryKind::cosh, kExp, [](double x, double, double) { return std::cosh(x); }},
    {UnaryKind::asinh, kExp, [](double x, double, double) { return std::asinh(x); }},
    {UnaryKind::acosh, kExp, [](double x, double, double) { return std::acosh(x); }},
    {UnaryKind::atanh, kExp, [](double x, double, double) { return std::atanh(x); }},
    {UnaryKind::erf, kExp, [](double x, double, double) { return std::erf(x); }},
    {UnaryKind::round, 1, [](double x, double, double) { return std::nearbyint(x); }},
    {UnaryKind::floor, 1, [](double x, double, double) { return std::floor(x); }},
    {UnaryKind::ceil, 1, [](double x, double, double) { return std::ceil(x); }},
    {UnaryKind::trunc, 1, [](double x, double, double) { return std::trunc(x); }},
    {UnaryKind::logical_not, 1, [](double x, double, double) { return x == 0 ? 1.0 : 0.0; }},
    {UnaryKind::is_nan, 1, [](double x, double, double) { return std::isnan(x) ? 1.0 : 0.0; }},
    {UnaryKind::is_inf, 1, [](double x, double, double) { return std::isinf(x) ? 1.0 : 0.0; }},
    {UnaryKind::is_finite, 1, [](double x, double, double) { return std::isfinite(x) ? 1.0 : 0.0; }},
};

constexpr bool rows_follow_the_kinds() {
  for (std::size_t i = 0; i < std::size(kRows); ++i)
    if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
  return std::size(kRows) == std::size(kUnaryNames);
}
static_assert(rows_follow_the_kinds());

}  // namespace

double evaluate(const Activation& f, double x) {
  return kRows[static_cast<std::size_t>(f.kind)].value(x, f.alpha, f.beta);
}

double flops_of(UnaryKind kind) { return kRows[static_cast<std::size_t>(kind)].flops; }

}  // namespace vivace
