// Arithmetic on sizes, known and unknown.
#include "graph/dim.h"

#include <doctest/doctest.h>

#include "vivace/tensor.h"

namespace vivace {
namespace {

const Dim kBatch = Dim::symbol(1), kTime = Dim::symbol(2);

TEST_CASE("numbers add, subtract, multiply and divide as numbers, rounding down") {
  CHECK(Dim(3) + Dim(4) == Dim(7));
  CHECK(Dim(3) - Dim(4) == Dim(-1));
  CHECK(Dim(3) * Dim(4) == Dim(12));
  CHECK(floor_div(Dim(7), 2) == Dim(3));
  CHECK(floor_div(Dim(-7), 2) == Dim(-4));
}

TEST_CASE("a symbol stays exact under numbers and under itself") {
  CHECK(kBatch + Dim(2) == Dim::affine(1, 1, 2));
  CHECK(kBatch * Dim(3) + Dim(6) == Dim::affine(1, 3, 6));
  CHECK(floor_div(kBatch * Dim(4) + Dim(6), 2) == Dim::affine(1, 2, 3));
  CHECK(kBatch + kBatch == Dim::affine(1, 2, 0));
  CHECK(kBatch - kBatch == Dim(0));
  CHECK(kBatch * Dim(0) == Dim(0));
  CHECK((kBatch + Dim(5)) - Dim(5) == kBatch);
}

TEST_CASE("what no affine size can say is unknown") {
  CHECK(kBatch + kTime == Dim::unknown());
  CHECK(kBatch * kTime == Dim::unknown());
  CHECK(floor_div(kBatch, 2) == Dim::unknown());
  CHECK(floor_div(kBatch * Dim(2) + Dim(1), 2) == Dim::unknown());
  CHECK(floor_div(kBatch, 0) == Dim::unknown());
  CHECK(Dim::unknown() + Dim(1) == Dim::unknown());
  CHECK(Dim::unknown() - Dim::unknown() == Dim::unknown());
}

TEST_CASE("an overflow is unknown, never a wrong number") {
  CHECK(Dim(INT64_MAX) + Dim(1) == Dim::unknown());
  CHECK(Dim(INT64_MAX) * Dim(2) == Dim::unknown());
  CHECK(Dim(0) - Dim(INT64_MIN) == Dim::unknown());
  CHECK(Dim::affine(1, INT64_MAX, 0) * Dim(2) == Dim::unknown());
  CHECK(Dim::affine(1, 1, INT64_MAX) + Dim(1) == Dim::unknown());
}

TEST_CASE("an unknown size is the same as nothing, itself included") {
  CHECK_FALSE(Dim::unknown().same(Dim::unknown()));
  CHECK(Dim::unknown() == Dim::unknown());
  CHECK(kBatch.same(kBatch));
  CHECK_FALSE(kBatch.same(kTime));
  CHECK_FALSE(kBatch.same(kBatch + Dim(1)));
  CHECK(Dim(3).same(Dim(3)));
}

TEST_CASE("sizes print with their symbols' names") {
  const std::vector<std::string> names = {"batch", "time"};
  CHECK(to_text({kBatch, Dim(224), kTime * Dim(2) + Dim(1), Dim::unknown()}, names) ==
        "[batch,224,2*time+1,?]");
  CHECK(to_text({kBatch - Dim(3)}, names) == "[batch-3]");
  CHECK(to_text({Dim::symbol(9)}, names) == "[?]");
  CHECK(to_text(Dims{}) == "[]");
}

TEST_CASE("sizes become numbers only where all are known") {
  CHECK(numbers({Dim(2), Dim(3)}) == Shape{2, 3});
  CHECK_FALSE(numbers({Dim(2), kBatch}));
  CHECK(all_known({}));
  CHECK_FALSE(all_known({kBatch}));
  CHECK(known_dims(Shape{2, 3}) == Dims{2, 3});
}

}  // namespace
}  // namespace vivace
