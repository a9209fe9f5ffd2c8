// Additions as residuals of the sums before them.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"
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

Binary add(UnaryKind end = UnaryKind::identity) {
  Binary op;
  op.activation.kind = end;
  return op;
}

MatMul product(UnaryKind end = UnaryKind::identity) {
  MatMul op;
  op.epilogue.activation.kind = end;
  return op;
}

TEST_CASE("an added tensor becomes the residual, from either side, with the function before or after") {
  for (const bool swap : {false, true})
    for (const auto& [before, after] :
         {std::pair{UnaryKind::identity, UnaryKind::relu}, {UnaryKind::tanh, UnaryKind::identity}}) {
      Net net;
      const ValueId x = net.input({net.graph.symbol("batch"), 4});
      const ValueId y = net.add(product(before), {x, net.weights({4, 4}), net.weights({4})}, "dense");
      net.output(net.add(add(after), swap ? std::vector{x, y} : std::vector{y, x}, "add"));
      CHECK(run_pass(net.graph, "fuse_residual") == 1);
      CHECK(ops_of(net.graph) == "mat_mul");
      CHECK(net.graph.node(NodeId{0}).name == "dense");
    }
}

TEST_CASE("of two sums the later one takes the other; the earlier one where the later cannot") {
  Net net;
  const ValueId x = net.input({1, 5, 5, 2});
  const ValueId first = net.add(conv(), {x, net.weights({3, 3, 2, 2})}, "first");
  const ValueId second = net.add(conv(), {x, net.weights({3, 3, 2, 2})}, "second");
  net.output(net.add(add(), {second, first}));
  CHECK(run_pass(net.graph, "fuse_residual") == 1);
  CHECK(net.graph.node(NodeId{1}).name == "second");
  Net other;
  const ValueId y = other.input({3, 4});
  const ValueId sums = other.add(product(), {y, other.weights({4, 4})}, "sums");
  Unary exp;
  exp.function.kind = UnaryKind::exp;
  other.output(other.add(add(), {sums, other.add(exp, {y})}));
  CHECK(run_pass(other.graph, "fuse_residual") == 1);
  CHECK(ops_of(other.graph) == "unary mat_mul");
}

TEST_CASE("two functions, other sizes, a second residual, other readers and a sum with itself stay") {
  Net net;
  const ValueId x = net.input({4, 4});
  const auto sums = [&](UnaryKind end = UnaryKind::identity) {
    return net.add(product(end), {x, net.weights({4, 4})});
  };
  net.output(net.add(add(UnaryKind::relu), {sums(UnaryKind::tanh), x}));
  net.output(net.add(add(), {sums(), net.input({1, 4})}));
  net.output(net.add(add(), {net.add(product(), {x, net.weights({4, 4}), kNoValue, x}), x}));
  const ValueId shared = sums();
  net.output(net.add(add(), {shared, x}));
  net.output(shared);
  const ValueId own = sums();
  net.output(net.add(add(), {own, own}));
  CHECK(run_pass(net.graph, "fuse_residual") == 0);
}

}  // namespace
}  // namespace vivace
