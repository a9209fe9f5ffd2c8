// Functions as the end of what feeds them.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"
#include "ops/normalize/scale_shift.h"
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

Unary function(UnaryKind kind) {
  Unary unary;
  unary.function.kind = kind;
  return unary;
}

TEST_CASE("a function ends the conv, product, scale or sum before it; the layer's name stays") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 5, 5, 2}), rows = net.input({3, 4});
  const auto then = [&](ValueId y, UnaryKind kind) {
    net.output(net.add(function(kind), {y}, "activation"));
  };
  then(net.add(conv(), {x, net.weights({3, 3, 2, 4})}, "conv"), UnaryKind::relu);
  then(net.add(MatMul{}, {rows, net.weights({4, 4}), kNoValue, rows}), UnaryKind::gelu);
  then(net.add(ScaleShift{}, {rows, net.weights({4}), net.weights({4})}), UnaryKind::sigmoid);
  then(net.add(Binary{}, {rows, rows}), UnaryKind::floor);
  CHECK(run_pass(net.graph, "fuse_activation") == 4);
  CHECK(ops_of(net.graph) == "conv mat_mul scale_shift binary");
  CHECK(net.graph.node(NodeId{0}).name == "conv");
}

TEST_CASE("a second function, another reader, a residual added last, truth and integers stay apart") {
  Net net;
  const ValueId rows = net.input({3, 4});
  const ValueId once = net.add(function(UnaryKind::relu), {net.add(MatMul{}, {rows, net.weights({4, 4})})});
  net.output(net.add(function(UnaryKind::tanh), {once}));
  CHECK(run_pass(net.graph, "fuse_activation") == 1);  // the first only
  Net other;
  const ValueId y = other.input({3, 4});
  const ValueId shared = other.add(MatMul{}, {y, other.weights({4, 4})});
  other.output(other.add(function(UnaryKind::relu), {shared}));
  other.output(shared);
  MatMul last;
  last.epilogue.residual_last = true;
  other.output(
      other.add(function(UnaryKind::relu), {other.add(last, {y, other.weights({4, 4}), kNoValue, y})}));
  other.output(other.add(function(UnaryKind::is_nan), {other.add(MatMul{}, {y, other.weights({4, 4})})}));
  const ValueId whole = other.input({3}, DType::i32);
  other.output(other.add(function(UnaryKind::relu), {other.add(Binary{}, {whole, whole})}));
  CHECK(run_pass(other.graph, "fuse_activation") == 0);
}

}  // namespace
}  // namespace vivace
