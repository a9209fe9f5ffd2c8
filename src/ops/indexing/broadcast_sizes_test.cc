#include "ops/indexing/broadcast_sizes.h"

#include <doctest/doctest.h>

#include "support/op_errors.h"

namespace vivace {
namespace {

Fact i32(Dims dims) { return Fact::tensor(DType::i32, std::move(dims)); }

Status broadcast(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b,
                 std::vector<std::int32_t>& y) {
  const Shape dims[] = {{static_cast<std::int64_t>(a.size())},
                        {static_cast<std::int64_t>(b.size())},
                        {static_cast<std::int64_t>(y.size())}};
  const TensorView inputs[] = {{a.data(), DType::i32, dims[0]}, {b.data(), DType::i32, dims[1]}};
  const MutableTensorView output{y.data(), DType::i32, dims[2]};
  return BroadcastSizes{}.evaluate(inputs, {&output, 1});
}

}  // namespace

TEST_CASE("broadcast_sizes refuses what are no two rows of sizes of one type") {
  testing::check_accepted(BroadcastSizes{}, {i32({2}), i32({0})});
  testing::check_errors({
      {BroadcastSizes{}, {i32({2})}, "op.inputs"},
      {BroadcastSizes{}, {testing::f32({2}), testing::f32({2})}, "op.dtype"},
      {BroadcastSizes{}, {i32({2}), Fact::tensor(DType::i64, {2})}, "op.dtype"},
      {BroadcastSizes{}, {i32({}), i32({2})}, "op.rank"},
      {BroadcastSizes{}, {i32({2}), i32({1, 2})}, "op.rank"},
      {BroadcastSizes{}, {i32({2}), i32({Dim::symbol(1)})}, "op.shape"},
  });
}

TEST_CASE("broadcast_sizes counts from the last sizes, and names two that do not fit") {
  std::vector<std::int32_t> y(3);
  REQUIRE(broadcast({4, 1, 0}, {5, 1}, y).ok());
  CHECK(y == std::vector<std::int32_t>{4, 5, 0});
  const Status status = broadcast({4, 2}, {3, 2}, y);
  REQUIRE_FALSE(status.ok());
  CHECK(to_text(status.error()) ==
        "error[op.value]: broadcast_sizes: sizes 4 and 3 do not broadcast\n"
        "  fix  give sizes that are equal, or of which one is 1");
}

}  // namespace vivace
