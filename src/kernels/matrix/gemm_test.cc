// The matrix product against plain loops in double, on every instruction set this machine runs.
#include "kernels/matrix/gemm.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/matrix/panels.h"
#include "kernels/testing.h"

using namespace vivace;
using kernels::Function;
using kernels::Gemm;
using kernels::Isa;
using kernels::kPanel;
using testing::noise;

namespace {

struct Problem {
  std::size_t m, n, k;
  std::vector<float> a, b, panels, bias, residual;

  Problem(std::size_t rows, std::size_t columns, std::size_t depth)
      : m(rows),
        n(columns),
        k(depth),
        a(noise(m * k, 1)),
        b(noise(k * n, 2)),
        bias(noise(n, 3)),
        residual(noise(m * n, 4)) {
    panels.resize(kernels::panels16_size(k, n));
    kernels::pack_panels16({b.data(), k, n, n, 1}, panels.data());
  }
  std::size_t panel_count() const { return (n + kPanel - 1) / kPanel; }
  Gemm params(float* c, Isa isa, std::size_t panels_wide) const {
    const auto& limits = kernels::kTileRows[static_cast<std::size_t>(isa)];
    while (limits[panels_wide - 1] == 0) --panels_wide;
    return {
        a.data(), k, panels.data(), c, n, k, n, 0, m, 0, panel_count(), limits[panels_wide - 1], panels_wide,
        100,      {}};
  }
  double sum(std::size_t i, std::size_t j) const {
    double s = 0;
    for (std::size_t p = 0; p < k; ++p) s += static_cast<double>(a[i * k + p]) * b[p * n + j];
    return s;
  }
};

constexpr float kCanary = 12345.0f;

}  // namespace

TEST_CASE("gemm gives the sums of products at every tail, and writes nothing beside its matrix") {
  testing::for_each_variant(kernels::gemm, [](Isa isa, auto run) {
    CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
    for (const std::size_t m : {1, 2, 3, 5, 7, 13, 14, 15, 29})
      for (const std::size_t n : {1, 3, 4, 8, 15, 16, 17, 33, 64, 65, 130})
        for (const std::size_t k : {1, 2, 9, 64}) {
          const Problem problem(m, n, k);
          std::vector<float> c(m * n + 16, kCanary);
          Gemm p = problem.params(c.data(), isa, 1 + (m + n) % 4);
          p.end.bias = problem.bias.data();
          run(p);
          double worst = 0;
          for (std::size_t i = 0; i < m * n; ++i)
            worst = std::max(worst, std::abs(c[i] - (problem.sum(i / n, i % n) + problem.bias[i % n])));
          CAPTURE(m);
          CAPTURE(n);
          CAPTURE(k);
          CHECK(worst < 1e-6 * std::sqrt(static_cast<double>(k) + 4) * 4);
          for (std::size_t i = m * n; i < c.size(); ++i) CHECK(c[i] == kCanary);
        }
  });
}

TEST_CASE("gemm gives the same bits for every tile, split, block and height") {
  const Problem problem(45, 150, 77);
  testing::for_each_variant(kernels::gemm, [&](Isa isa, auto run) {
    CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
    std::vector<float> whole(problem.m * problem.n), split(whole.size());
    run(problem.params(whole.data(), isa, 1));
    for (std::size_t width = 1; width <= kernels::kTileWidths; ++width)
      for (const std::size_t rows : {1, 2, 17, 45}) {
        for (std::size_t row = 0; row < problem.m; row += rows)
          for (std::size_t panel = 0; panel < problem.panel_count(); panel += 4) {
            Gemm p = problem.params(split.data(), isa, width);
            p.row_begin = row;
            p.row_end = std::min(problem.m, row + rows);
            p.panel_begin = panel;
            p.panel_end = std::min(problem.panel_count(), panel + 4);
            p.block_rows = rows;
            run(p);
          }
        CHECK(std::memcmp(whole.data(), split.data(), whole.size() * sizeof(float)) == 0);
      }
  });
}

TEST_CASE("gemm has the same bits on every instruction set with fused multiply-add") {
  if (!testing::runs_here(Isa::avx512)) return;
  const Problem problem(33, 70, 129);
  std::vector<float> narrow(problem.m * problem.n), wide(narrow.size());
  kernels::avx2::gemm(problem.params(narrow.data(), Isa::avx2, 1));
  kernels::avx512::gemm(problem.params(wide.data(), Isa::avx512, 3));
  CHECK(std::memcmp(narrow.data(), wide.data(), wide.size() * sizeof(float)) == 0);
}

TEST_CASE("gemm ends with bias, residual and activation as it was told") {
  struct Case {
    Function function;
    float alpha, beta;
    double (*f)(double);
  };
  const Case cases[] = {
      {Function::clamp, 0, 6, [](double x) { return std::min(std::max(x, 0.0), 6.0); }},
      {Function::leaky_relu, 0.25f, 0, [](double x) { return x > 0 ? x : 0.25 * x; }},
      {Function::elu, 0.5f, 0, [](double x) { return x > 0 ? x : 0.5 * std::expm1(x); }},
      {Function::selu, 0, 0, [](double x) { return 1.05070098 * (x > 0 ? x : 1.67326324 * std::expm1(x)); }},
      {Function::sigmoid, 0, 0, [](double x) { return 1 / (1 + std::exp(-x)); }},
      {Function::tanh, 0, 0, [](double x) { return std::tanh(x); }},
      {Function::silu, 0, 0, [](double x) { return x / (1 + std::exp(-x)); }},
      {Function::gelu, 0, 0, [](double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2.0))); }},
      {Function::gelu_tanh, 0, 0,
       [](double x) { return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }},
      {Function::hard_sigmoid, 0.2f, 0.5f,
       [](double x) { return std::min(std::max(0.2 * x + 0.5, 0.0), 1.0); }},
      {Function::hard_silu, 0, 0, [](double x) { return x * std::min(std::max(x / 6 + 0.5, 0.0), 1.0); }},
  };
  const Problem problem(9, 37, 21);
  testing::for_each_variant(kernels::gemm, [&](Isa isa, auto run) {
    for (const Case& f : cases)
      for (const int residual : {0, 1, 2}) {
        CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
        CAPTURE(static_cast<int>(f.function));
        std::vector<float> c(problem.m * problem.n);
        Gemm p = problem.params(c.data(), isa, 2);
        p.end = {problem.bias.data(),
                 residual ? problem.residual.data() : nullptr,
                 problem.n,
                 f.function,
                 f.alpha,
                 f.beta,
                 residual == 2};
        run(p);
        for (std::size_t i = 0; i < c.size(); ++i) {
          double x = problem.sum(i / problem.n, i % problem.n) + problem.bias[i % problem.n];
          if (residual == 1) x += problem.residual[i];
          CHECK(c[i] == doctest::Approx(f.f(x) + (residual == 2 ? problem.residual[i] : 0)).epsilon(5e-6));
        }
      }
  });
}

TEST_CASE("gemm keeps NaN through every activation") {
  Problem problem(3, 20, 5);
  problem.a[5] = std::nanf("");  // row 1
  testing::for_each_variant(kernels::gemm, [&](Isa isa, auto run) {
    for (const Function function : {Function::clamp, Function::leaky_relu, Function::elu, Function::selu,
                                    Function::sigmoid, Function::tanh, Function::silu, Function::gelu,
                                    Function::gelu_tanh, Function::hard_sigmoid, Function::hard_silu}) {
      CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
      CAPTURE(static_cast<int>(function));
      std::vector<float> c(problem.m * problem.n);
      Gemm p = problem.params(c.data(), isa, 1);
      p.end.function = function;
      p.end.a = 0.2f;
      p.end.b = 0.5f;
      run(p);
      for (std::size_t j = 0; j < problem.n; ++j) CHECK(std::isnan(c[problem.n + j]));
    }
  });
}

TEST_CASE("panels of 16 columns give a matrix back bit by bit, transposed or not") {
  const std::size_t k = 5, n = 37;
  const auto source = noise(k * n, 7);
  std::vector<float> panels(kernels::panels16_size(k, n)), back(k * n);
  kernels::pack_panels16({source.data(), k, n, n, 1}, panels.data());
  kernels::unpack_panels16(panels.data(), {nullptr, k, n, n, 1}, back.data());
  CHECK(back == source);

  std::vector<float> transposed(k * n), from_transposed(panels.size());
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < n; ++j) transposed[j * k + i] = source[i * n + j];
  kernels::pack_panels16({transposed.data(), k, n, 1, k}, from_transposed.data());
  CHECK(from_transposed == panels);
  CHECK(panels[2 * 16 * k + 3 * 16 + 5] == 0.0f);  // beyond column 36: zeros
}
