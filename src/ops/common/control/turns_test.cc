// Turns are told where a counter says them, and not guessed anywhere else.
#include "ops/common/control/turns.h"

#include <doctest/doctest.h>

#include "ops/elementwise/binary.h"
#include "support/differential.h"

namespace vivace {
namespace {

using testing::Net;
using Kind = Binary::Kind;

Tensor integer(std::int32_t value) {
  Tensor tensor(DType::i32, {});
  tensor.as<std::int32_t>()[0] = value;
  return tensor;
}

GraphPtr binary_of(Kind kind, bool swapped, const Tensor* other) {
  Net net;
  const ValueId turn = net.input({}, DType::i32), limit = net.input({}, DType::i32);
  const ValueId second = other ? net.graph.add_constant(*other) : limit;
  Binary op;
  op.kind = kind;
  net.output(net.add(op, {swapped ? second : turn, swapped ? turn : second}));
  return std::make_shared<const Graph>(std::move(net.graph));
}

// Turns of a loop over (turn, limit) that start as given; -1 where they cannot be told.
std::int64_t told(const GraphPtr& condition, const GraphPtr& body, std::int32_t start, std::int32_t limit,
                  bool start_known = true) {
  const Tensor from = integer(start), to = integer(limit);
  const TensorView views[] = {from.view(), to.view()};
  std::vector<Fact> facts(2, Fact::tensor(DType::i32, {}));
  if (start_known) facts[0].constant = &views[0];
  facts[1].constant = &views[1];
  While op;
  op.graphs = {condition, body};
  op.carries = {0};
  REQUIRE(op.infer(facts).ok());
  return counted_turns(op, facts).value_or(-1);
}

}  // namespace

TEST_CASE("a loop that counts up to a known number is counted") {
  const Tensor one = integer(1), three = integer(3), none = integer(0);
  const GraphPtr less = binary_of(Kind::less, false, nullptr), add = binary_of(Kind::add, false, &one);
  CHECK(told(less, add, 0, 50) == 50);
  CHECK(told(less, add, 7, 7) == 0);
  CHECK(told(less, add, 9, 7) == 0);
  CHECK(told(less, binary_of(Kind::add, true, &three), 0, 10) == 4);
  CHECK(told(less, binary_of(Kind::add, false, nullptr), 0, 10) == 1);  // by the limit itself
  CHECK(told(binary_of(Kind::less_equal, false, nullptr), add, 0, 10) == 11);
  CHECK(told(less, add, -2'000'000'000, 2'000'000'000) == kMostTurns);
  CHECK(told(less, binary_of(Kind::add, false, &none), 0, 10) == -1);
  CHECK(told(less, binary_of(Kind::multiply, false, &three), 1, 10) == -1);
  CHECK(told(binary_of(Kind::less, true, nullptr), add, 0, 10) == -1);
  CHECK(told(less, add, 0, 50, false) == -1);
}

}  // namespace vivace
