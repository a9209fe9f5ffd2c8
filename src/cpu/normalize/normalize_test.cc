// Softmax and norms against the operators' references.
#include <doctest/doctest.h>

#include "cpu/common/testing.h"
#include "ops/normalize/batch_norm.h"
#include "ops/normalize/norm.h"
#include "ops/normalize/softmax.h"

namespace vivace::cpu {
namespace {

using testing::check_emitter;
using testing::Input;
using testing::random_floats;

std::vector<Input> one(Tensor tensor) {
  std::vector<Input> inputs(1);
  inputs[0].tensor = std::move(tensor);
  return inputs;
}

}  // namespace

TEST_CASE("softmax: every tail, every axis, its logarithm, a mask") {
  for (const bool log : {false, true})
    for (const std::int64_t size : {1, 3, 15, 16, 17, 63, 64, 65, 79, 1000}) {
      Softmax op;
      op.log = log;
      op.axes = {1};
      check_emitter(make_op(Softmax(op)), one(random_floats({5, size}, 1, -9, 9)));
      check_emitter(make_op(Softmax(op)), one(random_floats({5, size, 3}, 1, -9, 9)));
      op.axes = {1, 2};
      check_emitter(make_op(Softmax(op)), one(random_floats({5, size, 3}, 1, -9, 9)));
      op.axes = {2};
      std::vector<Input> masked = one(random_floats({2, 4, size}, 1, -9, 9));
      masked.push_back({testing::random_tensor(DType::boolean, {2, 1, size}, 2)});
      check_emitter(make_op(Softmax(op)), masked);
    }
}

TEST_CASE("softmax: NaN spreads along its row; a row of -infinity is NaN; infinities lose to none") {
  Tensor x = random_floats({4, 37}, 1);
  x.as<float>()[20] = NAN;
  for (int j = 0; j < 37; ++j) x.as<float>()[37 + j] = -INFINITY;
  x.as<float>()[2 * 37 + 5] = -INFINITY;
  Softmax op;
  op.axes = {1};
  check_emitter(make_op(std::move(op)), one(std::move(x)));
}

TEST_CASE("norm: layer, rms and unit along any axes, with and without scale and shift") {
  for (const auto kind : {Norm::Kind::layer, Norm::Kind::rms, Norm::Kind::unit})
    for (const std::int64_t size : {1, 5, 16, 33, 64, 100, 513})
      for (const std::vector<std::int64_t>& axes : {std::vector<std::int64_t>{2}, {1}, {1, 2}, {0, 2}}) {
        Norm op;
        op.kind = kind;
        op.axes = axes;
        std::vector<Input> inputs = one(random_floats({3, 4, size}, 1));
        check_emitter(make_op(Norm(op)), inputs);
        Shape along;
        for (const std::int64_t axis : axes)
          along.push_back(inputs[0].tensor.dims()[static_cast<std::size_t>(axis)]);
        inputs.push_back({random_floats(along, 2)});
        inputs.push_back({random_floats(along, 3)});
        check_emitter(make_op(Norm(op)), inputs);
        inputs[1] = testing::absent();
        check_emitter(make_op(Norm(op)), inputs);
      }
}

TEST_CASE("norm: groups of channels") {
  for (const std::int64_t groups : {1, 2, 12}) {
    Norm op;
    op.kind = Norm::Kind::group;
    op.groups = groups;
    std::vector<Input> inputs = one(random_floats({2, 5, 7, 12}, 1));
    inputs.push_back({random_floats({12}, 2)});
    inputs.push_back({random_floats({12}, 3)});
    check_emitter(make_op(std::move(op)), inputs);
  }
}

TEST_CASE("batch_norm: along any axis, with and without gamma and beta") {
  for (const std::int64_t axis : {1, 2, 3}) {
    BatchNorm op;
    op.axis = axis;
    std::vector<Input> inputs = one(random_floats({2, 5, 7, 9}, 1));
    const Shape channels = {inputs[0].tensor.dims()[static_cast<std::size_t>(axis)]};
    inputs.push_back({random_floats(channels, 2)});
    inputs.push_back({random_floats(channels, 3, 0.5, 2)});
    check_emitter(make_op(BatchNorm(op)), inputs);
    inputs.push_back({random_floats(channels, 4)});
    inputs.push_back({random_floats(channels, 5)});
    check_emitter(make_op(BatchNorm(op)), inputs);
  }
}

}  // namespace vivace::cpu
