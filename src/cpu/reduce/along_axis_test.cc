// Extremes' places, running sums and the largest elements against the operators' references.
#include <doctest/doctest.h>

#include "cpu/common/testing.h"
#include "ops/reduce/arg_reduce.h"
#include "ops/reduce/cumulative.h"
#include "ops/reduce/top_k.h"

namespace vivace::cpu {
namespace {

using testing::check_emitter;
using testing::Input;
using testing::random_tensor;

std::vector<Input> one(DType dtype, Shape dims) {
  std::vector<Input> inputs(1);
  inputs[0].tensor = random_tensor(dtype, std::move(dims), 1, -3, 3);
  if (dtype == DType::f32) inputs[0].tensor.as<float>()[2] = NAN;
  return inputs;
}

}  // namespace

TEST_CASE("arg_reduce: the first of the largest or smallest along any axis, NaN never") {
  for (const DType dtype : {DType::f32, DType::i32, DType::u8})
    for (const bool smallest : {false, true})
      for (const std::int64_t axis : {0, 1, 2}) {
        ArgReduce op;
        op.axis = axis;
        op.smallest = smallest;
        op.result = smallest ? DType::i32 : DType::i64;
        check_emitter(make_op(std::move(op)), one(dtype, {3, 40, 5}), 0);
      }
}

TEST_CASE("cumulative: sums and products, exclusive, reversed") {
  for (const DType dtype : {DType::f32, DType::i64})
    for (int which = 0; which < 8; ++which)
      for (const std::int64_t axis : {0, 1, 2}) {
        Cumulative op;
        op.axis = axis;
        op.product = (which & 1) != 0;
        op.exclusive = (which & 2) != 0;
        op.reverse = (which & 4) != 0;
        check_emitter(make_op(std::move(op)), one(dtype, {3, 11, 5}), 1e-6);
      }
}

TEST_CASE("top_k: values and places in falling order, NaN first, the first of equals first") {
  for (const DType dtype : {DType::f32, DType::i32, DType::u64})
    for (const std::int64_t k : {0, 1, 5, 40}) {
      TopK op;
      op.k = k;
      check_emitter(make_op(std::move(op)), one(dtype, {7, 40}), 0);
    }
}

}  // namespace vivace::cpu
