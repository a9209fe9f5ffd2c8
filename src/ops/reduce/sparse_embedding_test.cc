#include "ops/reduce/sparse_embedding.h"

#include <doctest/doctest.h>

#include "support/op_errors.h"

namespace vivace {
namespace {

Fact i32(Dims dims) { return Fact::tensor(DType::i32, std::move(dims)); }

SparseEmbedding of(std::vector<std::int64_t> sizes, SparseEmbedding::Combiner combiner = {}) {
  SparseEmbedding op;
  op.sizes = std::move(sizes);
  op.combiner = combiner;
  return op;
}

Status evaluate(const SparseEmbedding& op, const std::vector<std::int32_t>& ids, std::vector<float>& y) {
  const std::int32_t indices[] = {0, 0, 0, 1, 2, 0};
  const float weights[] = {2, 0.5, 4}, table[] = {1, 2, 3, 4, 5, 6};
  const Shape dims[] = {{3}, {3, 2}, {3}, {3, 2}, {3, 2}};
  const TensorView inputs[] = {{ids.data(), DType::i32, dims[0]},
                               {indices, DType::i32, dims[1]},
                               {weights, DType::f32, dims[2]},
                               {table, DType::f32, dims[3]}};
  const MutableTensorView output{y.data(), DType::f32, dims[4]};
  return op.evaluate(inputs, {&output, 1});
}

}  // namespace

TEST_CASE("sparse_embedding refuses ids, indices and weights that do not belong together") {
  const Fact ids = i32({5}), indices = i32({5, 2}), weights = testing::f32({5}), table = testing::f32({9, 4});
  testing::check_accepted(of({3}), {ids, indices, weights, table});
  testing::check_errors({
      {of({3}), {ids, indices, weights}, "op.inputs"},
      {of({3}), {weights, indices, weights, table}, "op.dtype"},
      {of({3}), {ids, weights, weights, table}, "op.dtype"},
      {of({3}), {ids, indices, ids, table}, "op.dtype"},
      {of({3}), {ids, indices, weights, i32({9, 4})}, "op.dtype"},
      {of({3}), {ids, ids, weights, table}, "op.rank"},
      {of({3}), {ids, indices, weights, testing::f32({9})}, "op.rank"},
      {of({3, 3}), {ids, indices, weights, table}, "op.shape"},
      {of({3}), {ids, i32({5, Dim::symbol(1)}), weights, table}, "op.shape"},
      {of({3}), {ids, i32({4, 2}), weights, table}, "op.shape"},
      {of({3}), {ids, indices, testing::f32({4}), table}, "op.shape"},
      {of({-1}), {ids, indices, weights, table}, "op.attribute"},
  });
}

TEST_CASE("sparse_embedding: a place without ids stays 0, whatever divides the others") {
  std::vector<float> y(6);
  REQUIRE(evaluate(of({3}), {1, 0, 2}, y).ok());
  CHECK(y == std::vector<float>{6.5, 9, 0, 0, 20, 24});
  REQUIRE(evaluate(of({3}, SparseEmbedding::Combiner::mean), {1, 0, 2}, y).ok());
  CHECK(y == std::vector<float>{6.5F / 2.5F, 9 / 2.5F, 0, 0, 5, 6});
}

TEST_CASE("sparse_embedding names an id that is in no table") {
  std::vector<float> y(6);
  const Status status = evaluate(of({3}), {1, 3, 2}, y);
  REQUIRE_FALSE(status.ok());
  CHECK(to_text(status.error()) ==
        "error[op.index]: sparse_embedding: id 3 lies outside the 3 there are\n"
        "  fix  check the ids that the model was given");
}

}  // namespace vivace
