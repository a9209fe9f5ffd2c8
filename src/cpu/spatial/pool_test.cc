// pool through the CPU target, against its reference.
#include "ops/spatial/pool.h"

#include <doctest/doctest.h>

#include "cpu/testing.h"

using namespace vivace;
using testing::run_op;

TEST_CASE("cpu: pool gives the reference's maxima and averages") {
  Pool op;
  op.window = {3, 3};
  op.strides = {2, 2};
  op.dilations = {1, 1};
  op.padding = Padding::same();
  testing::for_each_isa([&](kernels::Isa isa) {
    for (const Pool::Kind kind : {Pool::Kind::max, Pool::Kind::average})
      for (const bool count_padding : {false, true}) {
        op.kind = kind;
        op.count_padding = count_padding;
        const auto one = run_op(make_op(op), {{{2, 13, 14, 21}}}, isa);
        CHECK(one.kernel == "pool");
        CHECK(one.error() < 1e-6);
        CHECK(one.fast == run_op(make_op(op), {{{2, 13, 14, 21}}}, isa, 3).fast);
      }
  });
}

// Found by fuzzing .viv files: addresses were counted from the first tap, far outside the input.
TEST_CASE("cpu: pool takes windows that reach across the address space") {
  constexpr std::int64_t kFar = std::int64_t{1} << 30;
  Pool op;
  op.window = {2, 2};
  op.strides = {1, 1};
  op.dilations = {kFar, kFar};
  op.padding.before = {kFar, kFar};
  op.padding.after = {0, 0};
  testing::for_each_isa([&](kernels::Isa isa) {
    const auto one = run_op(make_op(op), {{{1, 3, 2, 5}}}, isa);
    CHECK(one.kernel == "pool");
    CHECK(one.error() == 0);
  });
}
