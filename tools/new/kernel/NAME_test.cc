#include "kernels/@family@/@name@.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "support/isas.h"

namespace vivace::kernels {

TEST_CASE("@name@: every variant keeps the formula, NaN and the bounds, at every tail") {
  testing::for_each_variant(@name@, [](Isa isa, KernelFunction<@Name@> run) {
    CAPTURE(kIsaNames[static_cast<int>(isa)]);
    for (const std::size_t count : {1, 7, 8, 9, 15, 16, 17, 63, 64, 65}) {
      CAPTURE(count);
      std::vector<float> x(count), y(count + 1, 12345.0f);  // one canary past the end
      for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i) - 3.5f;
      x[0] = std::nanf("");

      run({x.data(), y.data(), count});

      CHECK(std::isnan(y[0]));
      for (std::size_t i = 1; i < count; ++i) CHECK(y[i] == x[i]);
      CHECK(y.back() == 12345.0f);
    }
  });
}

}  // namespace vivace::kernels
