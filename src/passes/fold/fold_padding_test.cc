// Zeros around a tensor as padding.
#include "ops/elementwise/unary.h"
#include "ops/linear/conv.h"
#include "ops/movement/pad.h"
#include "ops/spatial/pool.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

Conv conv(std::size_t axes = 2) {
  Conv op;
  op.strides = op.dilations = std::vector<std::int64_t>(axes, 1);
  op.padding = Padding::valid(axes);
  return op;
}

Pad zeros(std::vector<std::int64_t> before, std::vector<std::int64_t> after) {
  Pad pad;
  pad.before = std::move(before);
  pad.after = std::move(after);
  return pad;
}

Pool pool(Pool::Kind kind) {
  Pool op;
  op.kind = kind;
  op.window = {3, 3};
  op.strides = {2, 2};
  op.dilations = {1, 1};
  op.padding = Padding::valid(2);
  return op;
}

const Pad kAround = zeros({0, 1, 2, 0}, {0, 1, 0, 0});

TEST_CASE("zeros become the padding of a convolution, beside its own") {
  Net net;
  Conv own = conv();
  own.padding.before = {1, 0};
  own.strides = {2, 2};
  const ValueId x = net.input({net.graph.symbol("batch"), net.graph.symbol("rows"), 7, 2});
  net.output(net.add(own, {net.add(kAround, {x}), net.weights({1, 3, 2, 4}), net.weights({4})}));
  CHECK(run_pass(net.graph, "fold_padding") == 1);
  CHECK(ops_of(net.graph) == "conv");
}

TEST_CASE("a max pool takes zeros only behind what is never negative") {
  for (const auto& [end, folds] : {std::pair{UnaryKind::relu, 1}, {UnaryKind::tanh, 0}}) {
    Net net;
    Unary f;
    f.function.kind = end;
    const ValueId x = net.add(f, {net.input({1, 6, 7, 2})});
    net.output(net.add(pool(Pool::Kind::max), {net.add(kAround, {x})}));
    CHECK(run_pass(net.graph, "fold_padding") == folds);
  }
  Net wide;
  Unary relu;
  relu.function.kind = UnaryKind::relu;
  const ValueId x = wide.add(relu, {wide.input({1, 6, 7, 2})});
  wide.output(wide.add(pool(Pool::Kind::max), {wide.add(zeros({0, 3, 0, 0}, {0, 0, 0, 0}), {x})}));
  CHECK(run_pass(wide.graph, "fold_padding") == 0);
}

TEST_CASE("an average pool takes zeros and counts them") {
  Net net;
  net.output(net.add(pool(Pool::Kind::average), {net.add(kAround, {net.input({1, 6, 7, 2})})}));
  CHECK(run_pass(net.graph, "fold_padding") == 1);
  Net wide;
  wide.output(wide.add(pool(Pool::Kind::average),
                       {wide.add(zeros({0, 3, 0, 0}, {0, 0, 0, 0}), {wide.input({1, 6, 7, 2})})}));
  CHECK(run_pass(wide.graph, "fold_padding") == 0);
}

TEST_CASE("other values, mirrors, channels, batches and same padding keep the pad") {
  Net net;
  const ValueId x = net.input({2, 6, 6, 2});
  Pad ones = kAround, mirror = kAround;
  ones.value = 1;
  mirror.mode = Pad::Mode::reflect;
  Conv same = conv();
  same.padding = Padding::same();
  const auto through = [&](const Pad& pad, const Conv& op, std::int64_t channels) {
    net.output(net.add(op, {net.add(pad, {x}), net.weights({3, 3, channels, 2})}));
  };
  through(ones, conv(), 2);
  through(mirror, conv(), 2);
  through(zeros({0, 0, 0, 1}, {0, 0, 0, 0}), conv(), 3);
  through(zeros({1, 0, 0, 0}, {0, 0, 0, 0}), conv(), 2);
  through(kAround, same, 2);
  CHECK(run_pass(net.graph, "fold_padding") == 0);
}

}  // namespace
}  // namespace vivace
