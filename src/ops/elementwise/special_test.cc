#include "ops/elementwise/special.h"

#include <doctest/doctest.h>

#include <cmath>

#include "support/op_errors.h"

namespace vivace {

TEST_CASE("special functions are of floats") {
  testing::check_errors({{Special{}, {Fact::tensor(DType::i32, {3})}, "op.dtype"}});
}

TEST_CASE("the inverse of erf is exact to the last bits of a double") {
  Special op;
  op.function = Special::Function::erf_inverse;
  for (const double want : {-4.5, -2.0, -0.3, 1e-9, 0.7, 3.0, 5.0}) {
    const double x = std::erf(want);
    double y = 0;
    const TensorView input{&x, DType::f64, {}};
    const MutableTensorView output{&y, DType::f64, {}};
    REQUIRE(op.evaluate({&input, 1}, {&output, 1}).ok());
    CHECK(std::fabs(std::erf(y) - x) <= 3e-16);
  }
}

}  // namespace vivace
