// Folds, softmax and norms of rows against plain loops in double, on every instruction set this machine runs.
#include "kernels/rows/rows.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "kernels/testing.h"

using namespace vivace;
using kernels::Fold;
using kernels::Isa;
using testing::noise;

namespace {

constexpr float kCanary = 12345.0f;
constexpr std::size_t kRows = 3;

double fold(Fold kind, const float* x, std::size_t count, std::size_t step) {
  double total = kind == Fold::maximum ? -INFINITY : kind == Fold::minimum ? INFINITY : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double v = x[i * step];
    total = kind == Fold::sum       ? total + v
            : kind == Fold::squares ? total + v * v
            : kind == Fold::maximum ? std::fmax(total, v)
                                    : std::fmin(total, v);
  }
  return total;
}

}  // namespace

TEST_CASE("folds of rows and columns agree with plain loops at every tail") {
  for (const Fold kind : {Fold::sum, Fold::squares, Fold::maximum, Fold::minimum})
    for (const std::size_t columns : {1, 3, 15, 16, 17, 63, 64, 65, 127, 130, 1000}) {
      const auto x = noise(kRows * columns, 1);
      testing::for_each_variant(kernels::fold_rows, [&](Isa, auto run) {
        std::vector<float> y(kRows + 1, kCanary);
        run({kind, x.data(), nullptr, y.data(), kRows, columns});
        for (std::size_t i = 0; i < kRows; ++i)
          CHECK(std::abs(y[i] - fold(kind, &x[i * columns], columns, 1)) < 1e-4);
        CHECK(y[kRows] == kCanary);
      });
      testing::for_each_variant(kernels::fold_columns, [&](Isa, auto run) {
        std::vector<float> y(columns + 1, kCanary);
        run({kind, x.data(), nullptr, y.data(), kRows, columns, columns});
        for (std::size_t j = 0; j < columns; ++j)
          CHECK(std::abs(y[j] - fold(kind, &x[j], kRows, columns)) < 1e-5);
        CHECK(y[columns] == kCanary);
      });
    }
}

TEST_CASE("sums of rows have the same bits on every instruction set") {
  for (const std::size_t columns : {5, 16, 100, 1003}) {
    const auto x = noise(columns, 1);
    float first = 0;
    testing::for_each_variant(kernels::fold_rows, [&](Isa isa, auto run) {
      float y = 0;
      run({Fold::sum, x.data(), nullptr, &y, 1, columns});
      if (isa == Isa::baseline) first = y;
      CHECK(std::memcmp(&first, &y, sizeof(float)) == 0);
    });
  }
}

TEST_CASE("softmax and norms of rows work in place and write nothing beside") {
  for (const std::size_t columns : {1, 7, 16, 33, 64, 200}) {
    const auto x = noise(kRows * columns, 1);
    testing::for_each_variant(kernels::softmax_rows, [&](Isa, auto run) {
      std::vector<float> y = x;
      y.push_back(kCanary);
      run({y.data(), y.data(), kRows, columns, false});
      for (std::size_t i = 0; i < kRows; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < columns; ++j) sum += std::exp(static_cast<double>(x[i * columns + j]));
        for (std::size_t j = 0; j < columns; ++j)
          CHECK(std::abs(y[i * columns + j] - std::exp(static_cast<double>(x[i * columns + j])) / sum) <
                1e-6);
      }
      CHECK(y.back() == kCanary);
    });
    testing::for_each_variant(kernels::norm_rows, [&](Isa, auto run) {
      std::vector<float> y = x;
      y.push_back(kCanary);
      run({kernels::NormRows::Kind::layer, 0.1f, y.data(), nullptr, nullptr, y.data(), kRows, columns});
      for (std::size_t i = 0; i < kRows; ++i) {
        const float* const row = &x[i * columns];
        const double mean = fold(Fold::sum, row, columns, 1) / static_cast<double>(columns);
        double squares = 0;
        for (std::size_t j = 0; j < columns; ++j) squares += (row[j] - mean) * (row[j] - mean);
        const double deviation = std::sqrt(squares / static_cast<double>(columns) + 0.1f);
        for (std::size_t j = 0; j < columns; ++j)
          CHECK(std::abs(y[i * columns + j] - (row[j] - mean) / deviation) < 1e-5);
      }
      CHECK(y.back() == kCanary);
    });
  }
}
