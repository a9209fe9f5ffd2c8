#include "ops/indexing/gather_elements.h"

#include <doctest/doctest.h>

#include "base/try.h"

namespace vivace {
namespace {

Result<std::vector<float>> take(const Shape& x_dims, const std::vector<float>& x, const Shape& index_dims,
                                const std::vector<std::int32_t>& indices, std::int64_t axis) {
  GatherElements op;
  op.axis = axis;
  const Fact facts[] = {Fact::tensor(DType::f32, known_dims(x_dims)),
                        Fact::tensor(DType::i32, known_dims(index_dims))};
  VIVACE_TRY(const auto inferred, op.infer(facts));
  const Shape dims = *numbers(inferred[0].dims);
  std::vector<float> y(static_cast<std::size_t>(count_of(dims)));
  const TensorView in[] = {{x.data(), DType::f32, x_dims}, {indices.data(), DType::i32, index_dims}};
  const MutableTensorView out[] = {{y.data(), DType::f32, dims}};
  VIVACE_CHECK_OK(op.evaluate(in, out));
  return y;
}

}  // namespace

// Expected values by numpy.take_along_axis.
TEST_CASE("gather_elements: picks along an axis, negative indices from the end, other axes broadcast") {
  const std::vector<float> x = {10, 11, 12, 20, 21, 22};
  CHECK(take({2, 3}, x, {2, 2}, {0, 2, -1, 1}, 1).value() == std::vector<float>{10, 12, 22, 21});
  CHECK(take({2, 3}, x, {1, 3}, {1, 0, -1}, 0).value() == std::vector<float>{20, 11, 22});
  CHECK(take({2, 3}, x, {1, 1}, {2}, 1).value() == std::vector<float>{12, 22});
}

TEST_CASE("gather_elements: an index outside, a wrong rank, axis or type is refused") {
  const std::vector<float> x = {10, 11, 12, 20, 21, 22};
  CHECK(take({2, 3}, x, {2, 1}, {3, 0}, 1).error().id() == "op.index");
  CHECK(take({2, 3}, x, {2, 1}, {-4, 0}, 1).error().id() == "op.index");
  CHECK(take({2, 3}, x, {2}, {0, 0}, 1).error().id() == "op.rank");
  CHECK(take({2, 3}, x, {2, 1}, {0, 0}, 2).error().id() == "op.attribute");
  CHECK(take({2, 3}, x, {3, 1}, {0, 0, 0}, 1).error().id() == "op.shape");
  const Fact floats[] = {Fact::tensor(DType::f32, {2}), Fact::tensor(DType::f32, {2})};
  CHECK(GatherElements{}.infer(floats).error().id() == "op.dtype");
}

}  // namespace vivace
