// Values at the edges of the types, where frameworks are undefined or differ and vivace says what it does.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "ops/elementwise/binary.h"
#include "ops/elementwise/cast.h"
#include "ops/elementwise/unary.h"
#include "ops/indexing/gather.h"
#include "ops/reduce/reduce.h"
#include "ops/reduce/top_k.h"

using namespace vivace;

namespace {

template <class T>
Tensor row(DType dtype, const std::vector<T>& values) {
  Tensor tensor(dtype, {static_cast<std::int64_t>(values.size())});
  for (std::size_t i = 0; i < values.size(); ++i) tensor.as<T>()[i] = values[i];
  return tensor;
}

// The answers of an op whose shapes are known to fit.
Result<std::vector<Tensor>> run(const Op& op, const std::vector<Tensor>& inputs) {
  std::vector<Fact> facts;
  std::vector<TensorView> views;
  for (const Tensor& tensor : inputs) {
    facts.push_back(Fact::tensor(tensor.dtype(), known_dims(tensor.dims())));
    views.push_back(tensor.view());
  }
  const auto inferred = op.infer(facts);
  REQUIRE(inferred.ok());
  std::vector<Tensor> outputs;
  for (const Fact& fact : *inferred) outputs.emplace_back(fact.dtype, *numbers(fact.dims));
  std::vector<MutableTensorView> places;
  for (Tensor& tensor : outputs) places.push_back(tensor.view());
  const Status status = op.evaluate(views, places);
  if (!status.ok()) return status.error();
  return outputs;
}

Binary binary(Binary::Kind kind) {
  Binary op;
  op.kind = kind;
  return op;
}

}  // namespace

TEST_CASE("a cast to an integer saturates, takes NaN to 0, and NaN is true") {
  const Tensor x = row<float>(DType::f32, {NAN, 1e20f, -1e20f, INFINITY, -INFINITY, -1.9f});
  Cast cast;
  cast.to = DType::i64;
  const auto i64 = run(cast, {x}).value();
  constexpr auto kLow = std::numeric_limits<std::int64_t>::min(),
                 kHigh = std::numeric_limits<std::int64_t>::max();
  const std::int64_t want[] = {0, kHigh, kLow, kHigh, kLow, -1};
  for (int i = 0; i < 6; ++i) CHECK(i64[0].as<std::int64_t>()[i] == want[i]);
  cast.to = DType::u8;
  const auto u8 = run(cast, {x}).value();
  const std::uint8_t bytes[] = {0, 255, 0, 255, 0, 0};
  for (int i = 0; i < 6; ++i) CHECK(u8[0].as<std::uint8_t>()[i] == bytes[i]);
  cast.to = DType::boolean;
  CHECK(run(cast, {x}).value()[0].as<std::uint8_t>()[0] == 1);
}

TEST_CASE("integer division by 0 and negative integer powers are errors that say so") {
  for (const auto kind : {Binary::Kind::floor_divide, Binary::Kind::truncate_divide, Binary::Kind::modulo}) {
    const auto answer =
        run(binary(kind), {row<std::int32_t>(DType::i32, {1}), row<std::int32_t>(DType::i32, {0})});
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().id() == "op.value");
  }
  const auto power = run(binary(Binary::Kind::power),
                         {row<std::int32_t>(DType::i32, {2}), row<std::int32_t>(DType::i32, {-1})});
  REQUIRE_FALSE(power.ok());
  CHECK(to_text(power.error()) ==
        "error[op.value]: binary: an integer to the power of -1\n"
        "  why  the result is no integer; TensorFlow stops here too\n"
        "  fix  cast to a floating type before the power");
}

TEST_CASE("the lowest integer divided by -1 wraps around instead of trapping") {
  constexpr auto kLow = std::numeric_limits<std::int64_t>::min();
  const Tensor a = row<std::int64_t>(DType::i64, {kLow}), b = row<std::int64_t>(DType::i64, {-1});
  CHECK(run(binary(Binary::Kind::floor_divide), {a, b}).value()[0].as<std::int64_t>()[0] == kLow);
  CHECK(run(binary(Binary::Kind::modulo), {a, b}).value()[0].as<std::int64_t>()[0] == 0);
}

TEST_CASE("uint64 orders, divides and reduces as unsigned numbers past 2^63") {
  const Tensor a = row<std::uint64_t>(DType::u64, {~0ull, 5}), b = row<std::uint64_t>(DType::u64, {2, ~0ull});
  const auto first = [](const Result<std::vector<Tensor>>& r, int i) {
    return (*r)[0].as<std::uint64_t>()[i];
  };
  CHECK(first(run(binary(Binary::Kind::maximum), {a, b}), 0) == ~0ull);
  CHECK(first(run(binary(Binary::Kind::minimum), {a, b}), 1) == 5);
  CHECK(first(run(binary(Binary::Kind::floor_divide), {a, b}), 0) == (~0ull) / 2);
  CHECK(first(run(binary(Binary::Kind::modulo), {a, b}), 1) == 5);
  Reduce reduce;
  reduce.kind = Reduce::Kind::max;
  reduce.axes = {0};
  CHECK(first(run(reduce, {a}), 0) == ~0ull);
  TopK top;
  CHECK(run(top, {a}).value()[1].as<std::int32_t>()[0] == 0);
  Unary relu;
  relu.function.kind = UnaryKind::relu;
  CHECK(first(run(relu, {a}), 0) == ~0ull);
}

TEST_CASE("top_k puts NaN first and keeps the order of equals") {
  TopK op;
  op.k = 4;
  const auto answer = run(op, {row<float>(DType::f32, {1, NAN, INFINITY, 1, NAN})}).value();
  const std::int32_t want[] = {1, 4, 2, 0};
  for (int i = 0; i < 4; ++i) CHECK(answer[1].as<std::int32_t>()[i] == want[i]);
}

TEST_CASE("gather refuses an index outside the table and says which") {
  const Tensor table = row<float>(DType::f32, {1, 2, 3});
  Gather op;
  for (const std::int32_t index : {3, -1, std::numeric_limits<std::int32_t>::min()}) {
    const auto answer = run(op, {table, row<std::int32_t>(DType::i32, {0, index})});
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().id() == "op.index");
    CHECK(answer.error().why() == "indices along axis 0 must be from 0 to 2");
  }
  op.wrap_negative = true;
  CHECK(run(op, {table, row<std::int32_t>(DType::i32, {-3})}).value()[0].as<float>()[0] == 1);
  CHECK_FALSE(run(op, {table, row<std::int32_t>(DType::i32, {-4})}).ok());
}
