#include "ops/indexing/scatter_nd.h"

#include <doctest/doctest.h>

#include "support/op_errors.h"

namespace vivace {
namespace {

using testing::f32;

Fact i32(Dims dims) { return Fact::tensor(DType::i32, std::move(dims)); }

ScatterNd reducing(ScatterNd::Reduction reduction) {
  ScatterNd op;
  op.reduction = reduction;
  return op;
}

}  // namespace

TEST_CASE("scatter_nd refuses updates that do not fit, and sums of booleans") {
  const Fact truth = Fact::tensor(DType::boolean, {3});
  testing::check_errors({
      {ScatterNd{}, {f32({3, 4}), i32({2, 1}), f32({2, 5})}, "op.shape"},
      {ScatterNd{}, {f32({3, 4}), i32({2, 1}), f32({2})}, "op.rank"},
      {ScatterNd{}, {f32({3, 4}), i32({2, 1}), i32({2, 4})}, "op.dtype"},
      {ScatterNd{}, {f32({3, 4}), i32({2, 3}), f32({2})}, "op.shape"},
      {ScatterNd{}, {f32({3, 4}), f32({2, 1}), f32({2, 4})}, "op.dtype"},
      {reducing(ScatterNd::Reduction::add),
       {truth, i32({1, 1}), Fact::tensor(DType::boolean, {1})},
       "op.dtype"},
  });
}

TEST_CASE("scatter_nd: the greatest of booleans is whether any is true") {
  const bool x[] = {false, false, true}, updates[] = {true, false, false};
  const std::int32_t indices[] = {1, 1, 2};
  const Shape dims = {3}, index_dims = {3, 1};
  const TensorView inputs[] = {
      {x, DType::boolean, dims}, {indices, DType::i32, index_dims}, {updates, DType::boolean, dims}};
  bool out[3];
  const MutableTensorView output{out, DType::boolean, dims};
  const ScatterNd op = reducing(ScatterNd::Reduction::maximum);
  testing::check_accepted(
      op, {Fact::tensor(DType::boolean, {3}), i32({3, 1}), Fact::tensor(DType::boolean, {3})});
  REQUIRE(op.evaluate(inputs, {&output, 1}).ok());
  CHECK_FALSE(out[0]);
  CHECK(out[1]);
  CHECK(out[2]);
}

TEST_CASE("scatter_nd refuses an index outside, and skips a negative one only where asked") {
  const float x[] = {0, 0}, updates[] = {5};
  const Shape dims = {2}, one = {1}, index_dims = {1, 1};
  for (const std::int32_t index : {-1, 2}) {
    const TensorView inputs[] = {
        {x, DType::f32, dims}, {&index, DType::i32, index_dims}, {updates, DType::f32, one}};
    float out[2];
    const MutableTensorView output{out, DType::f32, dims};
    CHECK_FALSE(ScatterNd{}.evaluate(inputs, {&output, 1}).ok());
    ScatterNd skipping;
    skipping.skip_negative = true;
    CHECK(skipping.evaluate(inputs, {&output, 1}).ok() == (index < 0));
    CHECK(out[0] == 0);
  }
}

}  // namespace vivace
