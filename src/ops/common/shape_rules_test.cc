#include "ops/common/shape_rules.h"

#include <doctest/doctest.h>

using namespace vivace;

namespace {
const Dim kBatch = Dim::symbol(1), kTime = Dim::symbol(2);
}

TEST_CASE("broadcasting: 1 gives way, a number wins over an unknown, different unknowns stay unknown") {
  const auto text_of = [](const Dims& a, const Dims& b) {
    const auto dims = broadcast_dims("binary", a, b);
    static const std::vector<std::string> kNames = {"batch", "time"};
    return dims.ok() ? to_text(*dims, kNames) : dims.error().id();
  };
  CHECK(text_of({kBatch, 1, 3}, {5, 3}) == "[batch,5,3]");
  CHECK(text_of({kBatch, 4}, {kBatch, 1}) == "[batch,4]");
  CHECK(text_of({kBatch, 4}, {7, 4}) == "[7,4]");
  CHECK(text_of({kBatch}, {kTime}) == "[?]");
  CHECK(text_of({1}, {kTime}) == "[time]");
  CHECK(text_of({0}, {1}) == "[0]");
  CHECK(text_of({}, {}) == "[]");
  CHECK(text_of({3}, {4}) == "op.shape");
}

TEST_CASE("sizes may be equal unless they surely differ") {
  CHECK(may_equal(3, 3));
  CHECK_FALSE(may_equal(3, 4));
  CHECK(may_equal(kBatch, 4));
  CHECK(may_equal(kBatch, kTime));
  CHECK_FALSE(may_equal(kBatch, kBatch + 1));
  CHECK(may_equal(Dim::unknown(), Dim::unknown()));
}

TEST_CASE("outputs that no memory could hold are refused before anyone counts their bytes") {
  const Dim huge = std::int64_t{1} << 40;
  CHECK(inferred("tile", {Fact::tensor(DType::f32, {huge, 2})}).ok());
  const auto refused = inferred("tile", {Fact::tensor(DType::f32, {huge, huge})});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().id() == "op.shape");
  CHECK(refused.error().what() ==
        "tile: the output would have the impossible shape [1099511627776,1099511627776]");
  CHECK_FALSE(inferred("tile", {Fact::tensor(DType::f32, {kBatch, -1})}).ok());
  CHECK(inferred("tile", {Fact::tensor(DType::f32, Dims(33, Dim(1)))}).error().id() == "op.rank");
}

TEST_CASE("a cost reads every input once and tells constants apart") {
  const TensorView known;
  Fact x = Fact::tensor(DType::f32, {2, 3}), w = Fact::tensor(DType::f16, {5});
  w.constant = &known;
  Fact none;
  none.absent = true;
  const Cost cost = cost_of(7, std::vector{x, w, none}, std::vector{x});
  CHECK(cost.flops == 7);
  CHECK(cost.bytes_read == 34);
  CHECK(cost.weight_bytes == 10);
  CHECK(cost.bytes_written == 24);
}
