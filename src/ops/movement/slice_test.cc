// Slices against Python's own, for every small length, start, stop and step.
#include "ops/movement/slice.h"

#include <doctest/doctest.h>

using namespace vivace;

namespace {

constexpr const char* kExpected[] = {
#include "ops/movement/slice_cases.inc"
};

}  // namespace

TEST_CASE("a slice picks what Python's picks, for all lengths to 4, steps to 3 and ends past both sides") {
  const char* const* line = kExpected;
  const std::int64_t steps[] = {-3, -2, -1, 1, 2, 3};
  for (std::int64_t length = 0; length < 5; ++length)
    for (const std::int64_t step : steps) {
      const char* expected = *line++;
      for (std::int64_t i = 0; i < 12; ++i)
        for (std::int64_t j = 0; j < 12; ++j, expected += 2) {
          Slice op;
          op.axes = {0};
          op.starts = {i < 11 ? i - 5 : step > 0 ? 0 : Slice::kEnd};
          op.stops = {j < 11 ? j - 5 : Slice::kEnd};
          op.steps = {step};
          CAPTURE(length);
          CAPTURE(to_text(op));
          const Fact fact = Fact::tensor(DType::u8, {length});
          const auto facts = op.infer({&fact, 1});
          REQUIRE(facts.ok());
          const std::int64_t picked = expected[1] - '0';
          REQUIRE((*facts)[0].dims == Dims{picked});
          const std::uint8_t x[] = {0, 1, 2, 3};
          std::uint8_t y[4] = {};
          const Shape from = {length}, to = {picked};
          const TensorView in{x, DType::u8, from};
          const MutableTensorView out{y, DType::u8, to};
          REQUIRE(op.evaluate({&in, 1}, {&out, 1}).ok());
          for (std::int64_t k = 0; k < picked; ++k) CHECK(y[k] == expected[0] - '0' + k * step);
        }
    }
}
