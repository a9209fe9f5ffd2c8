#include "ops/reduce/reduce_window.h"

#include <doctest/doctest.h>

#include <limits>

#include "support/op_errors.h"

namespace vivace {
namespace {

using Numbers = std::vector<std::int64_t>;

ReduceWindow windows(Numbers window, Numbers strides, Numbers dilations,
                     ReduceWindow::Kind kind = ReduceWindow::Kind::sum) {
  ReduceWindow op;
  op.kind = kind;
  op.window = std::move(window);
  op.strides = std::move(strides);
  op.dilations = std::move(dilations);
  return op;
}

}  // namespace

TEST_CASE("reduce_window refuses windows that do not fit, and types that it does not know") {
  constexpr std::int64_t kHigh = std::numeric_limits<std::int64_t>::max();
  const Fact x = testing::f32({3, 4}), init = testing::f32({}), truths = Fact::tensor(DType::boolean, {2});
  const Fact truth = Fact::tensor(DType::boolean, {});
  testing::check_accepted(windows({2, 2}, {1, 2}, {2, 3}), {x, init});
  testing::check_accepted(windows({2}, {1}, {1}, ReduceWindow::Kind::any), {truths, truth});
  testing::check_errors({
      {windows({2, 2}, {1, 1}, {1, 4}), {x, init}, "op.shape"},
      {windows({4, 1}, {1, 1}, {1, 1}), {x, init}, "op.shape"},
      {windows({2}, {1}, {1}), {x, init}, "op.attribute"},
      {windows({2, 0}, {1, 1}, {1, 1}), {x, init}, "op.attribute"},
      {windows({2, 2}, {0, 1}, {1, 1}), {x, init}, "op.attribute"},
      {windows({2, 2}, {1, 1}, {1, kHigh}), {x, init}, "op.attribute"},
      {windows({}, {}, {}), {init, init}, "op.rank"},
      {windows({2, 2}, {1, 1}, {1, 1}), {x, testing::f32({1})}, "op.rank"},
      {windows({2, 2}, {1, 1}, {1, 1}), {x, Fact::tensor(DType::i32, {})}, "op.dtype"},
      {windows({2}, {1}, {1}), {truths, truth}, "op.dtype"},
      {windows({2, 2}, {1, 1}, {1, 1}), {x}, "op.inputs"},
  });
}

TEST_CASE("reduce_window: steps between windows, and between their elements") {
  const std::int8_t x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, init = 100;
  std::int8_t y[2] = {};
  const Shape dims = {3, 4}, none, out = {1, 2};
  const TensorView inputs[] = {{x, DType::i8, dims}, {&init, DType::i8, none}};
  const MutableTensorView output{y, DType::i8, out};
  REQUIRE(windows({2, 2}, {2, 1}, {2, 2}).evaluate(inputs, {&output, 1}).ok());
  CHECK(int{y[0]} == 124);             // and 1 + 3 + 9 + 11
  CHECK(int{y[1]} == 100 + 28 - 256);  // wraps around
}

}  // namespace vivace
