// Functions of one and two numbers on every instruction set this machine runs. How precise the smooth ones
// are, precision_test.cc tests.
#include "kernels/elementwise/elementwise.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "kernels/testing.h"

using namespace vivace;
using kernels::Function;
using kernels::Isa;
using kernels::Pair;
using testing::noise;

namespace {

constexpr float kCanary = 12345.0f;

}  // namespace

TEST_CASE("map: logarithms of zero, negative numbers, infinity and NaN") {
  testing::for_each_variant(kernels::map, [](Isa isa, auto run) {
    CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
    const float x[] = {0.0f, -0.0f, -1.0f, INFINITY, NAN, 1.0f, 1e-40f};
    float y[7];
    run({Function::log, 0, 0, x, y, 7});
    CHECK(y[0] == -INFINITY);
    CHECK(y[1] == -INFINITY);
    CHECK(std::isnan(y[2]));
    CHECK(y[3] == INFINITY);
    CHECK(std::isnan(y[4]));
    CHECK(y[5] == 0.0f);
    CHECK(y[6] == doctest::Approx(std::log(1e-40)).epsilon(1e-4));
    const float z[] = {-1.0f, INFINITY, 0.0f, 1e-20f, -2.0f};
    run({Function::log1p, 0, 0, z, y, 5});
    CHECK(y[0] == -INFINITY);
    CHECK(y[1] == INFINITY);
    CHECK(y[2] == 0.0f);
    CHECK(y[3] == 1e-20f);
    CHECK(std::isnan(y[4]));
  });
}

TEST_CASE("combine: rows and columns repeat as told, at every tail, and nothing beside is written") {
  testing::for_each_variant(kernels::combine, [](Isa isa, auto run) {
    CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
    constexpr std::size_t kRows = 3;
    for (const std::size_t columns : {1, 3, 4, 7, 8, 9, 15, 16, 17, 33})
      for (const int steps : {0, 1, 2, 3}) {
        const auto a = noise(kRows * columns, 1), b = noise(kRows * columns, 2);
        std::vector<float> y(kRows * columns + 1, kCanary);
        const std::ptrdiff_t step_a = steps & 1, step_b = steps >> 1;
        const auto row = static_cast<std::ptrdiff_t>(columns);
        run({Pair::subtract, {a.data(), row, step_a}, {b.data(), 0, step_b}, y.data(), kRows, columns, 0});
        for (std::size_t i = 0; i < kRows; ++i)
          for (std::size_t j = 0; j < columns; ++j) {
            const float want = a[i * columns + (step_a ? j : 0)] - b[step_b ? j : 0];
            CHECK(y[i * columns + j] == std::fmax(0.0f, want));
          }
        CHECK(y.back() == kCanary);
      }
  });
}

TEST_CASE("map: AVX2 and AVX-512 give the same bits, also where one divides and the other does not") {
  std::vector<float> x = noise(40000, 3);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] *= i % 3 == 0 ? 1.0f : i % 3 == 1 ? 12.0f : 95.0f;
  // e^-x = 1 - 2^-23 makes a sum whose mantissa is all ones: the one that Newton's steps leave short.
  for (int i = -20; i <= 20; ++i) x.push_back(static_cast<float>(i) * 1.1920929e-7f);
  for (const float special : {0.0f, -0.0f, INFINITY, -INFINITY, NAN, -88.0f, -87.9f, 88.0f, 1e-30f, 1e-20f})
    x.push_back(special);
  for (const Function function : {Function::sigmoid, Function::tanh, Function::silu, Function::gelu,
                                  Function::gelu_tanh, Function::exp, Function::expm1, Function::erf}) {
    CAPTURE(static_cast<int>(function));
    std::vector<std::vector<float>> results;
    testing::for_each_variant(kernels::map, [&](Isa isa, auto run) {
      if (isa == Isa::baseline) return;  // no multiply-add
      results.emplace_back(x.size());
      run({function, 0, 0, x.data(), results.back().data(), x.size()});
    });
    for (std::size_t r = 1; r < results.size(); ++r)
      for (std::size_t i = 0; i < x.size(); ++i) {
        CAPTURE(x[i]);
        const bool same = std::memcmp(&results[0][i], &results[r][i], sizeof(float)) == 0 ||
                          (std::isnan(results[0][i]) && std::isnan(results[r][i])) ||
                          (std::fabs(results[0][i]) < 1.2e-38f && std::fabs(results[r][i]) < 1.2e-38f);
        CHECK(same);
      }
  }
}

TEST_CASE("scale_shift: few columns, many columns, every tail, same sums") {
  testing::for_each_variant(kernels::scale_shift, [](Isa isa, auto run) {
    CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
    for (const std::size_t columns : {1, 3, 4, 5, 16, 17, 31, 32, 33, 64})
      for (const std::size_t rows : {1, 15, 32, 33, 100}) {
        const auto x = noise(rows * columns, 1), scale = noise(columns, 2), shift = noise(columns, 3);
        std::vector<float> y(rows * columns + 1, kCanary);
        run({x.data(), scale.data(), shift.data(), y.data(), rows, columns, -0.5f, 0.75f});
        for (std::size_t i = 0; i < rows * columns; ++i) {
          const std::size_t j = i % columns;
          const double want = double(x[i]) * scale[j] + shift[j];
          CHECK(y[i] == doctest::Approx(std::fmin(0.75, std::fmax(-0.5, want))).epsilon(1e-6));
        }
        CHECK(y.back() == kCanary);
      }
  });
}
