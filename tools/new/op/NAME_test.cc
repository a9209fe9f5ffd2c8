#include "ops/@family@/@name@.h"

#include <doctest/doctest.h>

namespace vivace {

TEST_CASE("@name@: keeps type, sizes and elements") {
  const @Name@ op;
  const Fact x = Fact::tensor(DType::f32, {2, 2});
  const auto facts = op.infer({&x, 1});
  REQUIRE(facts.ok());
  CHECK(facts->at(0).dtype == DType::f32);
  CHECK(facts->at(0).dims == Dims{2, 2});

  const float in[] = {1, -2, 3, -4};
  float out[4] = {};
  const Shape dims = {2, 2};
  const TensorView input{in, DType::f32, dims};
  const MutableTensorView output{out, DType::f32, dims};
  REQUIRE(op.evaluate({&input, 1}, {&output, 1}).ok());
  for (int i = 0; i < 4; ++i) CHECK(out[i] == in[i]);
}

TEST_CASE("@name@: refuses any other number of inputs, by its name") {
  const auto facts = @Name@{}.infer({});
  REQUIRE_FALSE(facts.ok());
  CHECK(facts.error().id() == "op.inputs");
  CHECK(facts.error().what().starts_with("@name@"));
}

}  // namespace vivace
