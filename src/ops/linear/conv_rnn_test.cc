// The convolutional recurrence: shape rule and errors; its numbers are checked against Keras by
// conformance_test.cc.
#include "ops/linear/conv_rnn.h"

#include <doctest/doctest.h>

namespace vivace {
namespace {

const Dim kBatch = Dim::symbol(1), kTime = Dim::symbol(2);

std::vector<Fact> inputs() {
  return {Fact::tensor(DType::f32, {kBatch, kTime, 5, 4, 8}), Fact::tensor(DType::f32, {3, 3, 2, 8}),
          Fact::tensor(DType::boolean, {kBatch, kTime}), Fact::tensor(DType::f32, {kBatch, 5, 4, 2}),
          Fact::tensor(DType::f32, {kBatch, 5, 4, 2})};
}

std::string refusal(const std::vector<Fact>& facts) {
  const auto result = ConvRnn{}.infer(facts);
  return result.ok() ? "" : result.error().id();
}

}  // namespace

TEST_CASE("conv_rnn: a sequence and two states, with batch and time unknown") {
  for (std::size_t count = 2; count <= 5; ++count) {
    const std::vector<Fact> all = inputs();
    const auto facts = ConvRnn{}.infer(std::span(all).first(count));
    REQUIRE(facts.ok());
    REQUIRE(facts->size() == 3);
    CHECK((*facts)[0].dims == Dims{kBatch, kTime, 5, 4, 2});
    CHECK((*facts)[1].dims == Dims{kBatch, 5, 4, 2});
    CHECK((*facts)[2].dims == Dims{kBatch, 5, 4, 2});
  }
}

TEST_CASE("conv_rnn: refuses inputs that do not fit one another") {
  CHECK(refusal({}) == "op.inputs");
  const auto with = [](std::size_t which, Fact fact) {
    std::vector<Fact> all = inputs();
    all[which] = std::move(fact);
    return all;
  };
  CHECK(refusal(with(0, Fact::tensor(DType::f32, {kBatch, kTime, 8}))) == "op.rank");
  CHECK(refusal(with(0, Fact::tensor(DType::i32, {kBatch, kTime, 5, 4, 8}))) == "op.dtype");
  CHECK(refusal(with(0, Fact::tensor(DType::f32, {kBatch, kTime, 5, 4, 9}))) == "op.shape");
  CHECK(refusal(with(1, Fact::tensor(DType::f32, {3, 2, 8}))) == "op.rank");
  CHECK(refusal(with(1, Fact::tensor(DType::f32, {3, 3, 2, 6}))) == "op.shape");
  CHECK(refusal(with(1, Fact::tensor(DType::f32, {0, 3, 2, 8}))) == "op.attribute");
  CHECK(refusal(with(2, Fact::tensor(DType::f32, {kBatch, kTime}))) == "op.dtype");
  CHECK(refusal(with(2, Fact::tensor(DType::boolean, {kBatch, kTime, 5, 3}))) == "op.shape");
  CHECK(refusal(with(2, Fact::tensor(DType::boolean, {kBatch, kTime, 5, 4}))) == "");
  CHECK(refusal(with(3, Fact::tensor(DType::f32, {kBatch, 5, 4, 3}))) == "op.shape");
}

}  // namespace vivace
