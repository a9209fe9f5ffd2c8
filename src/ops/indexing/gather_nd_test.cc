#include "ops/indexing/gather_nd.h"

#include <doctest/doctest.h>

#include "support/op_errors.h"

namespace vivace {
namespace {

using testing::f32;

Fact i32(Dims dims) { return Fact::tensor(DType::i32, std::move(dims)); }

GatherNd batched(std::int64_t batch) {
  GatherNd op;
  op.batch_dims = batch;
  return op;
}

}  // namespace

TEST_CASE("gather_nd refuses indices of another type, deeper than the tensor, or of other batches") {
  testing::check_errors({
      {GatherNd{}, {f32({3, 4}), f32({2, 1})}, "op.dtype"},
      {GatherNd{}, {f32({3, 4}), i32({})}, "op.rank"},
      {GatherNd{}, {f32({3, 4}), i32({2, 3})}, "op.shape"},
      {GatherNd{}, {f32({3, 4}), i32({2, Dim::symbol(1)})}, "op.shape"},
      {batched(-1), {f32({3, 4}), i32({2, 1})}, "op.attribute"},
      {batched(2), {f32({3, 4}), i32({3, 1})}, "op.attribute"},
      {batched(1), {f32({3, 4}), i32({2, 1})}, "op.shape"},
      {batched(1), {f32({3, 4}), i32({3, 2})}, "op.shape"},
  });
}

TEST_CASE("gather_nd names the index that lies outside, and its axis") {
  const float x[] = {1, 2, 3, 4, 5, 6};
  const std::int32_t indices[] = {0, 1, 1, 3};
  const Shape dims = {2, 3}, index_dims = {2, 2}, out_dims = {2};
  const TensorView inputs[] = {{x, DType::f32, dims}, {indices, DType::i32, index_dims}};
  float out[2];
  const MutableTensorView output{out, DType::f32, out_dims};
  const Status status = GatherNd{}.evaluate(inputs, {&output, 1});
  REQUIRE_FALSE(status.ok());
  CHECK(to_text(status.error()) ==
        "error[op.index]: gather_nd: index 3 lies outside the 3 elements of axis 1\n"
        "  fix  check the ids that the model was given");
}

}  // namespace vivace
