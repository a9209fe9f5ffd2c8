// The functions of one number against MPFR: the largest error of each in units in the last place, over every
// binade of both signs, its own range and the numbers beside its edges, on every instruction set that runs
// here. docs/accuracy.md has to state the same bounds. VIVACE_ALL=1 tries one float32 of 2,000 and
// prints the largest errors, as that page lists them.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "base/flush_denormals.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/testing.h"
#include "support/skip.h"

#ifndef VIVACE_MPFR

TEST_CASE("map: every smooth function keeps its bound") { VIVACE_SKIP("built without MPFR (libmpfr-dev)"); }

#else

#include "kernels/elementwise/exact_functions.h"

using namespace vivace;
using kernels::Function;
using testing::own;

namespace {

constexpr float kCanary = 12345.0f;
constexpr double kSmallestNormal = 0x1p-126;
constexpr double kTinyFactor = 0x1p-119;  // below: |x| times a factor that is already flushed

struct Stated {
  Function function;
  const char* name;
  testing::ExactFunction exact;
  double ulps;
  double low, high;               // where most of its own points lie
  double share = 0;               // the last place of |x| share counts where that is larger than the result
  float a = 0;                    // the function's parameter
  double tiny = kSmallestNormal;  // a smaller result is as good as zero
};

const Stated kStated[] = {
    {Function::exp, "exp", own<mpfr_exp>, 1.1, -104, 89},
    {Function::expm1, "expm1", own<mpfr_expm1>, 2, -20, 89},
    {Function::log, "log", own<mpfr_log>, 2, 0, 4},
    {Function::log1p, "log1p", own<mpfr_log1p>, 3, -1, 4},
    {Function::sigmoid, "sigmoid", testing::sigmoid, 3, -88, 20},
    {Function::log_sigmoid, "log_sigmoid", testing::log_sigmoid, 4, -30, 88},
    {Function::softplus, "softplus", testing::softplus, 4, -88, 30},
    {Function::tanh, "tanh", own<mpfr_tanh>, 3, -11, 11},
    {Function::erf, "erf", own<mpfr_erf>, 3, -5, 5},
    {Function::silu, "silu", testing::silu, 4, -88, 20, 0, 0, kTinyFactor},
    {Function::gelu, "gelu", testing::gelu, 3, -6, 6, 0.5},
    {Function::gelu_tanh, "gelu_tanh", testing::gelu_tanh, 4, -6, 6, 0.5},
    {Function::mish, "mish", testing::mish, 5, -60, 25, 0, 0, kTinyFactor},
    {Function::elu, "elu", testing::elu, 2, -20, 2, 0, 1},
    {Function::selu, "selu", testing::selu, 3, -20, 2},
    {Function::softsign, "softsign", testing::softsign, 2, -8, 8},
    {Function::tanh_shrink, "tanh_shrink", testing::tanh_shrink, 3, -11, 11, 1},
    {Function::sqrt, "sqrt", own<mpfr_sqrt>, 0.5, 0, 4},
    {Function::rsqrt, "rsqrt", testing::rsqrt, 1.5, 0, 4},
};

float of_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// 23 random bits after another.
class Mantissas {
 public:
  std::uint32_t next() { return (state_ = state_ * 1664525u + 1013904223u) >> 9; }

 private:
  std::uint32_t state_ = 12345;
};

void add_binades(std::vector<float>& x, Mantissas& random, int each) {
  for (std::uint32_t exponent = 0; exponent < 255; ++exponent)
    for (const std::uint32_t sign : {0u, 1u << 31}) {
      const std::uint32_t binade = sign | exponent << 23;
      for (const std::uint32_t last : {0u, 1u, 0x7ffffeu, 0x7fffffu}) x.push_back(of_bits(binade | last));
      for (int i = 0; i < each; ++i) x.push_back(of_bits(binade | random.next()));
    }
}

// Where a function changes its form or its result leaves float32; where exp, expm1, log, log1p, sigmoid, tanh
// and erf are worst of all float32 numbers (a search of them all with libm in double); every small integer.
void add_edges(std::vector<float>& x) {
  std::vector<float> edges{88.7228394f, -87.3365479f,  -103.972084f, -104.0f,       89.0f,       0.346573591f,
                           0.70710678f, 1.41421356f,   17.3286796f,  -17.3286796f,  37.7786407f, 16.9829254f,
                           1.00386178f, 0.0038618152f, -16.635704f,  0.0624158792f, 0.475943625f};
  for (int i = -30; i <= 30; ++i) edges.push_back(static_cast<float>(i));
  for (const float edge : edges) {
    float up = edge, down = edge;
    for (int i = 0; i < 6; ++i) {
      x.push_back(up = std::nextafter(up, INFINITY));
      x.push_back(down = std::nextafter(down, -INFINITY));
    }
  }
}

std::vector<float> points(const Stated& stated) {
  std::vector<float> x{0.0f, -0.0f, INFINITY, -INFINITY, NAN};
  Mantissas random;
  const bool all = std::getenv("VIVACE_ALL");
  add_binades(x, random, all ? 1 << 12 : 6);
  add_edges(x);
  const int own_points = all ? 1 << 18 : 6000;
  for (int i = 0; i < own_points; ++i) {
    const double at = (i + static_cast<double>(random.next()) / 0x1p23) / own_points;
    x.push_back(static_cast<float>(stated.low + (stated.high - stated.low) * at));
  }
  return x;
}

// How far y is from `want`, in units in the last place of the larger of `want` and `size`. Beyond the largest
// float32 lies infinity.
double ulps_between(float y, double want, double size, double tiny) {
  if (std::isnan(want) || std::isnan(y)) return std::isnan(want) == std::isnan(y) ? 0 : INFINITY;
  if (std::fabs(want) < tiny && std::fabs(static_cast<double>(y)) <= tiny) return 0;
  const auto bounded = [](double v) { return std::fmin(0x1p128, std::fmax(-0x1p128, v)); };
  const double larger = std::fmin(std::fmax(std::fabs(want), size), 0x1.fffffep127);
  const double ulp = std::ldexp(1.0, std::max(std::ilogb(larger), -126) - 23);
  return std::fabs(bounded(static_cast<double>(y)) - bounded(want)) / ulp;
}

// Of denormal numbers a run sees nothing but zeros.
double as_a_run_sees(float x) {
  return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0, static_cast<double>(x))
                                            : static_cast<double>(x);
}

struct Worst {
  double ulps = 0;
  float x = 0, y = 0;
};

Worst worst_of(const Stated& stated, const std::vector<float>& x, const std::vector<double>& want,
               const std::vector<float>& y) {
  Worst worst;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double size = std::isnan(x[i]) ? 0 : std::fabs(static_cast<double>(x[i])) * stated.share;
    const double ulps = ulps_between(y[i], want[i], size, stated.tiny);
    if (ulps > worst.ulps) worst = {ulps, x[i], y[i]};
  }
  return worst;
}

}  // namespace

TEST_CASE("map: every smooth function keeps its bound") {
  for (const Stated& stated : kStated) {
    CAPTURE(stated.name);
    const std::vector<float> x = points(stated);
    std::vector<double> want(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) want[i] = testing::exact(stated.exact, as_a_run_sees(x[i]));
    testing::for_each_variant(kernels::map, [&](kernels::Isa isa, auto run) {
      const char* const isa_name = kernels::kIsaNames[static_cast<int>(isa)];
      CAPTURE(isa_name);
      std::vector<float> y(x.size() + 1, kCanary);
      {
        const FlushDenormals flush;
        run({stated.function, stated.a, 0, x.data(), y.data(), x.size()});
      }
      CHECK(y.back() == kCanary);
      const Worst worst = worst_of(stated, x, want, y);
      CAPTURE(worst.x);
      CAPTURE(worst.y);
      CHECK(worst.ulps <= stated.ulps);
      if (std::getenv("VIVACE_ALL"))
        std::printf("%-12s %-8s %.2f ulp at %.9g\n", stated.name, isa_name, worst.ulps,
                    static_cast<double>(worst.x));
    });
  }
}

TEST_CASE("docs/accuracy.md states the bounds that are tested") {
  std::ifstream file(VIVACE_TEST_DATA "/../../docs/accuracy.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  for (const Stated& stated : kStated) {
    char row[64];
    std::snprintf(row, sizeof row, "\n| `%s` | %g |", stated.name, stated.ulps);
    CAPTURE(row);
    CHECK(page.find(row) != std::string::npos);
  }
}

#endif
