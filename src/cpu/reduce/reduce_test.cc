// Reductions against the operators' references.
#include "ops/reduce/reduce.h"

#include <doctest/doctest.h>

#include "cpu/common/testing.h"

namespace vivace::cpu {
namespace {

using testing::check_emitter;
using testing::Input;
using testing::random_floats;
using testing::random_tensor;

std::vector<Input> one(Tensor tensor) {
  std::vector<Input> inputs(1);
  inputs[0].tensor = std::move(tensor);
  return inputs;
}

Reduce reduce(Reduce::Kind kind, std::vector<std::int64_t> axes) {
  Reduce op;
  op.kind = kind;
  op.axes = std::move(axes);
  return op;
}

}  // namespace

TEST_CASE("reduce: every kind of float32 along rows, columns and scattered axes") {
  for (std::size_t kind = 0; kind < std::size(Reduce::kKinds); ++kind) {
    const auto which = static_cast<Reduce::Kind>(kind);
    if (which == Reduce::Kind::any || which == Reduce::Kind::all) continue;
    const bool product = which == Reduce::Kind::product;
    for (const std::vector<std::int64_t>& axes :
         {std::vector<std::int64_t>{3}, {1, 2}, {0, 1, 2, 3}, {0, 2}, {}, {2, 3}})
      for (const Shape& dims : {Shape{2, 5, 7, 83}, Shape{1, 14, 14, 3}, Shape{2, 3, 1, 200}})
        check_emitter(make_op(reduce(which, axes)),
                      one(random_floats(dims, 1, product ? 0.98 : -2, product ? 1.02 : 2)), 2e-5);
  }
}

TEST_CASE("reduce: NaN survives maximum and minimum, nothing gives their limits") {
  Tensor x = random_floats({3, 70, 5}, 1);
  x.as<float>()[3] = NAN;
  x.as<float>()[400] = NAN;
  for (const auto kind : {Reduce::Kind::max, Reduce::Kind::min, Reduce::Kind::mean})
    for (const std::int64_t axis : {1, 2}) {
      check_emitter(make_op(reduce(kind, {axis})), one(x));
      check_emitter(make_op(reduce(kind, {1})), one(random_floats({3, 0, 2}, 1)));
    }
}

TEST_CASE("reduce: integers, truths, and the masked mean") {
  for (const auto kind : {Reduce::Kind::sum, Reduce::Kind::product, Reduce::Kind::max, Reduce::Kind::min})
    check_emitter(make_op(reduce(kind, {1})), one(random_tensor(DType::i32, {3, 9, 4}, 1, -3, 3)), 0);
  for (const auto kind : {Reduce::Kind::any, Reduce::Kind::all})
    check_emitter(make_op(reduce(kind, {1})), one(random_tensor(DType::boolean, {30, 3, 4}, 1)), 0);
  std::vector<Input> inputs = one(random_floats({4, 9, 33}, 1));
  inputs.push_back({random_tensor(DType::boolean, {4, 9}, 2)});
  check_emitter(make_op(reduce(Reduce::Kind::mean, {1})), inputs);
}

}  // namespace vivace::cpu
