#include "ops/movement/bitcast.h"

#include <doctest/doctest.h>

#include "support/op_errors.h"

namespace vivace {
namespace {

Bitcast to(DType result) {
  Bitcast op;
  op.result = result;
  return op;
}

Dims dims_of(DType from, Dims dims, DType result) {
  const Fact x = Fact::tensor(from, std::move(dims));
  const auto facts = to(result).infer({&x, 1});
  REQUIRE(facts.ok());
  CHECK(facts->at(0).dtype == result);
  return facts->at(0).dims;
}

}  // namespace

TEST_CASE("bitcast: elements of another size make a last axis, or take it") {
  CHECK(dims_of(DType::f32, {2, 3}, DType::i32) == Dims{2, 3});
  CHECK(dims_of(DType::i64, {2, 3}, DType::i16) == Dims{2, 3, 4});
  CHECK(dims_of(DType::u8, {2, 4}, DType::f32) == Dims{2});
  testing::check_errors({
      {to(DType::f32), {Fact::tensor(DType::u8, {2, 3})}, "op.shape"},
      {to(DType::f32), {Fact::tensor(DType::u8, {Dim::symbol(1)})}, "op.shape"},
      {to(DType::f32), {Fact::tensor(DType::u8, {})}, "op.shape"},
      {to(DType::u8), {testing::f32(Dims(32, Dim(1)))}, "op.rank"},
      {to(DType::boolean), {Fact::tensor(DType::u8, {2})}, "op.attribute"},
      {to(DType::i32), {}, "op.inputs"},
  });
}

TEST_CASE("bitcast: keeps the bytes") {
  const float in[] = {1, -2};
  std::int32_t out[2] = {};
  const Shape dims = {2};
  const TensorView input{in, DType::f32, dims};
  const MutableTensorView output{out, DType::i32, dims};
  REQUIRE(to(DType::i32).evaluate({&input, 1}, {&output, 1}).ok());
  CHECK(out[0] == 0x3f800000);
  CHECK(static_cast<std::uint32_t>(out[1]) == 0xc0000000);
}

}  // namespace vivace
