#include "ops/common/reference.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/float16.h"

using namespace vivace;

TEST_CASE("16-bit floats are rounded once: a double beside the middle of two of them goes to the nearer") {
  const double middle = 1 + 0x1p-11;  // between 1 and the next float16, which is odd
  CHECK(round_to(DType::f16, middle) == 1);
  CHECK(round_to(DType::f16, middle + 0x1p-40) == 1 + 0x1p-10);
  CHECK(round_to(DType::f16, -(middle + 0x1p-40)) == -(1 + 0x1p-10));
  CHECK(round_to(DType::bf16, 1 + 0x1p-8 + 0x1p-40) == 1 + 0x1p-7);
  CHECK(round_to(DType::bf16, 1 + 0x1p-8 - 0x1p-40) == 1);
  CHECK(round_to(DType::f16, 1e300) == std::numeric_limits<double>::infinity());
  CHECK(round_to(DType::f16, 65519.999) == 65504);
  CHECK(std::isnan(round_to(DType::f16, std::nan(""))));
  CHECK(round_to(DType::f16, -0x1p-26) == 0);
}

TEST_CASE("every type keeps its own ends: stored doubles saturate, stored integers wrap around") {
  for (const DType dtype :
       {DType::i8, DType::i16, DType::i32, DType::i64, DType::u8, DType::u16, DType::u32, DType::u64}) {
    CAPTURE(name_of(dtype));
    const bool has_sign = dtype <= DType::i64;
    const double bits = 8.0 * static_cast<double>(size_of(dtype));
    CHECK(round_to(dtype, 1e30) == doctest::Approx(std::exp2(has_sign ? bits - 1 : bits)).epsilon(0.01));
    CHECK(round_to(dtype, -1e30) == (has_sign ? -std::exp2(bits - 1) : 0));
    CHECK(round_to(dtype, std::nan("")) == 0);
    CHECK(round_to(dtype, 3.9) == 3);
  }
  Tensor bytes(DType::i8, {2});
  store_integer(bytes.view(), 0, 200);
  store_integer(bytes.view(), 1, -129);
  CHECK(load_integer(bytes.view(), 0) == -56);
  CHECK(load_integer(bytes.view(), 1) == 127);
  Tensor flag(DType::boolean, {1});
  store(flag.view(), 0, std::nan(""));
  CHECK(load(flag.view(), 0) == 1);
  CHECK(load_integer(flag.view(), 0) == 1);
}

TEST_CASE("a walk visits every place in order and keeps the offsets of broadcast tensors") {
  const Shape dims = {2, 3, 2};
  Walk walk(dims, {broadcast_strides(Shape{3, 1}, dims), broadcast_strides(Shape{2, 1, 2}, dims),
                   strides_of(dims)});
  const std::int64_t column[] = {0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2};
  const std::int64_t ends[] = {0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3};
  for (std::int64_t i = 0; i < count_of(dims); ++i, walk.next()) {
    CHECK(walk[0] == column[i]);
    CHECK(walk[1] == ends[i]);
    CHECK(walk[2] == i);
  }
  CHECK(walk[2] == 0);  // back at the first
}

TEST_CASE("a walk over no axes stands still at the one place of a scalar") {
  Walk walk({}, {Shape{}});
  walk.next();
  CHECK(walk[0] == 0);
}
