// Trees of element-wise functions as tapes.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/linear/mat_mul.h"
#include "ops/normalize/scale_shift.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

Unary function(UnaryKind kind) {
  Unary unary;
  unary.function.kind = kind;
  return unary;
}

Binary binary(Binary::Kind kind, UnaryKind end = UnaryKind::identity) {
  Binary op;
  op.kind = kind;
  op.activation.kind = end;
  return op;
}

TEST_CASE("a tree of functions becomes one tape, with numbers and channels as inputs") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 3, 4}),
                y = net.input({net.graph.symbol("batch"), 3, 4});
  ScaleShift scale;
  scale.activation.kind = UnaryKind::relu;
  const ValueId a = net.add(scale, {x, net.weights({4}), net.weights({4})});
  const ValueId b = net.add(binary(Binary::Kind::multiply, UnaryKind::tanh), {net.weights({}), y});
  const ValueId c = net.add(binary(Binary::Kind::subtract), {a, b});
  net.output(net.add(binary(Binary::Kind::maximum), {c, net.weights({4})}, "last"));
  CHECK(run_pass(net.graph, "fuse_tape") == 1);
  CHECK(ops_of(net.graph) == "tape");
  CHECK(net.graph.node(NodeId{0}).name == "last");
}

TEST_CASE("a value read twice inside the tape is computed once") {
  Net net;
  const ValueId x = net.add(function(UnaryKind::exp), {net.input({2, 3})});
  const ValueId y = net.add(binary(Binary::Kind::add), {x, net.add(function(UnaryKind::square), {x})});
  net.output(y);
  CHECK(run_pass(net.graph, "fuse_tape") == 1);
  CHECK(ops_of(net.graph) == "tape");
}

TEST_CASE("a value that others need ends one tape and begins another") {
  Net net;
  const ValueId shared =
      net.add(function(UnaryKind::exp), {net.add(function(UnaryKind::abs), {net.input({2, 3})})});
  net.output(shared);
  net.output(net.add(function(UnaryKind::tanh), {net.add(function(UnaryKind::sqrt), {shared})}));
  CHECK(run_pass(net.graph, "fuse_tape") == 2);
  CHECK(ops_of(net.graph) == "tape tape");
}

TEST_CASE("sole functions, other sizes, other types and truth stay out") {
  Net net;
  const ValueId x = net.input({2, 3}), column = net.input({2, 1});
  net.output(net.add(MatMul{}, {net.add(function(UnaryKind::exp), {x}), net.weights({3, 3})}));
  net.output(net.add(binary(Binary::Kind::add), {net.add(function(UnaryKind::exp), {x}), column}));
  net.output(net.add(binary(Binary::Kind::less), {net.add(function(UnaryKind::exp), {x}), x}));
  const ValueId wide = net.input({2}, DType::f64);
  net.output(net.add(function(UnaryKind::exp), {net.add(function(UnaryKind::exp), {wide})}));
  CHECK(run_pass(net.graph, "fuse_tape") == 0);
}

TEST_CASE("a long chain becomes several tapes") {
  Net net;
  ValueId x = net.input({2, 3});
  for (int i = 0; i < 60; ++i) x = net.add(function(i % 2 ? UnaryKind::tanh : UnaryKind::sin), {x});
  net.output(x);
  CHECK(run_pass(net.graph, "fuse_tape") == 3);
}

}  // namespace
}  // namespace vivace
