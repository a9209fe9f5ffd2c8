#include "ops/elementwise/bitwise.h"

#include <doctest/doctest.h>

#include "support/op_errors.h"

namespace vivace {

TEST_CASE("bitwise takes two integers of one type") {
  const Fact whole = Fact::tensor(DType::i32, {3}), byte = Fact::tensor(DType::u8, {3});
  testing::check_errors({
      {Bitwise{}, {testing::f32({3}), testing::f32({3})}, "op.dtype"},
      {Bitwise{}, {Fact::tensor(DType::boolean, {3}), Fact::tensor(DType::boolean, {3})}, "op.dtype"},
      {Bitwise{}, {whole, byte}, "op.dtype"},
      {Bitwise{}, {whole, Fact::tensor(DType::i32, {2})}, "op.shape"},
  });
}

TEST_CASE("bitwise shifts by no more bits than there are, and keeps the sign to the right") {
  const std::int32_t a[] = {1, -8, 1, -8}, b[] = {40, 2, -3, 99};
  const Shape dims = {4};
  const TensorView inputs[] = {{a, DType::i32, dims}, {b, DType::i32, dims}};
  std::int32_t out[4];
  const MutableTensorView output{out, DType::i32, dims};
  Bitwise op;
  op.kind = Bitwise::Kind::left_shift;
  REQUIRE(op.evaluate(inputs, {&output, 1}).ok());
  CHECK(out[0] == std::numeric_limits<std::int32_t>::min());
  CHECK(out[2] == 1);
  op.kind = Bitwise::Kind::right_shift;
  REQUIRE(op.evaluate(inputs, {&output, 1}).ok());
  CHECK(out[1] == -2);
  CHECK(out[3] == -1);
}

}  // namespace vivace
