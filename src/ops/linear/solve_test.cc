#include "ops/linear/solve.h"

#include <doctest/doctest.h>

#include "support/op_errors.h"

namespace vivace {

using testing::f32;

TEST_CASE("solve refuses sizes that make no system of equations") {
  testing::check_errors({
      {Solve{}, {f32({3, 4}), f32({3, 1})}, "op.shape"},
      {Solve{}, {f32({3, 3}), f32({4, 1})}, "op.shape"},
      {Solve{}, {f32({3, 3}), f32({3})}, "op.rank"},
      {Solve{}, {f32({2, 3, 3}), f32({5, 3, 1})}, "op.shape"},
      {Solve{}, {Fact::tensor(DType::i32, {3, 3}), Fact::tensor(DType::i32, {3, 1})}, "op.dtype"},
  });
}

TEST_CASE("a system without a solution is an error that says so") {
  const float a[] = {1, 2, 2, 4}, b[] = {1, 1};
  float out[2];
  const Shape square = {2, 2}, column = {2, 1};
  const TensorView inputs[] = {{a, DType::f32, square}, {b, DType::f32, column}};
  const MutableTensorView output{out, DType::f32, column};
  const Status status = Solve{}.evaluate(inputs, {&output, 1});
  REQUIRE_FALSE(status.ok());
  CHECK(to_text(status.error()) ==
        "error[op.value]: solve: matrix 0 has no inverse\n"
        "  why  its determinant is 0; TensorFlow stops here too\n"
        "  fix  check the model's input");
}

}  // namespace vivace
