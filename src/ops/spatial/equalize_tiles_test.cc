#include "ops/spatial/equalize_tiles.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace vivace {
namespace {

// One picture of one channel through one tile.
std::vector<float> equalized(const std::vector<float>& in, const Shape& dims, const EqualizeTiles& op) {
  std::vector<float> out(in.size());
  const TensorView x{in.data(), DType::f32, dims};
  const MutableTensorView y{out.data(), DType::f32, dims};
  REQUIRE(op.evaluate({&x, 1}, {&y, 1}).ok());
  return out;
}

EqualizeTiles tiles(std::int64_t rows, std::int64_t columns, double limit) {
  EqualizeTiles op;
  op.rows = rows, op.columns = columns, op.limit = limit;
  return op;
}

}  // namespace

TEST_CASE("equalize_tiles: four even steps of brightness spread over the whole range") {
  // The share of pixels that are no lighter, less the share of black ones, over the rest: 0, 1/3, 2/3, 1.
  const auto y = equalized({0, 20, 30, 40}, {1, 2, 2, 1}, tiles(1, 1, 0));
  const float want[] = {0, 85, 170, 255};
  for (int i = 0; i < 4; ++i) CHECK(y[static_cast<std::size_t>(i)] == doctest::Approx(want[i]));
}

TEST_CASE("equalize_tiles: what is outside the range, or no number, counts as its nearest step") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float v : equalized({-1, 300, nan, 1e30f}, {1, 2, 2, 1}, tiles(8, 3, 4))) {
    CHECK(v >= 0);
    CHECK(v <= 255);
  }
}

TEST_CASE("equalize_tiles: a picture of one colour, of one pixel and of none") {
  for (const float v : equalized({7, 7, 7, 7}, {1, 2, 2, 1}, tiles(2, 2, 0))) CHECK(v == 255);
  CHECK(std::isfinite(equalized({9}, {1, 1, 1, 1}, tiles(8, 8, 4))[0]));
  CHECK(equalized({}, {1, 0, 2, 1}, tiles(8, 8, 4)).empty());
}

TEST_CASE("equalize_tiles: refuses impossible grids, ranks and types, by its name") {
  const Fact picture = Fact::tensor(DType::f32, {1, 4, 4, 3}), flat = Fact::tensor(DType::f32, {4, 4}),
             bytes = Fact::tensor(DType::u8, {1, 4, 4, 3});
  for (const EqualizeTiles& op : {tiles(0, 8, 4), tiles(8, -1, 4), tiles(8, 1 << 20, 4),
                                  tiles(8, 8, std::numeric_limits<double>::quiet_NaN())}) {
    const auto facts = op.infer({&picture, 1});
    REQUIRE_FALSE(facts.ok());
    CHECK(facts.error().what().starts_with("equalize_tiles"));
  }
  CHECK_FALSE(EqualizeTiles{}.infer({&flat, 1}).ok());
  CHECK_FALSE(EqualizeTiles{}.infer({&bytes, 1}).ok());
  CHECK(EqualizeTiles{}.infer({&picture, 1}).ok());
}

}  // namespace vivace
