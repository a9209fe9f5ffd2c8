// Constant additions as biases.
#include "ops/elementwise/binary.h"
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

TEST_CASE("an added constant becomes the bias, or joins it; weights need not be constant") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 5, 5, 2});
  Binary add;
  add.activation.kind = UnaryKind::relu;
  net.output(net.add(add, {net.add(conv(), {x, net.weights({3, 3, 2, 4})}), net.weights({4})}));
  net.output(net.add(Binary{}, {net.weights({1, 1, 1, 4}),
                                net.add(conv(), {x, net.weights({3, 3, 2, 4}), net.weights({4})})}));
  net.output(
      net.add(Binary{}, {net.add(MatMul{}, {net.input({2, 3}), net.input({3, 4})}), net.weights({1})}));
  CHECK(run_pass(net.graph, "fold_bias") == 3);
  CHECK(ops_of(net.graph) == "conv conv mat_mul");
}

TEST_CASE("an addition along another axis, of a whole tensor or after a function stays") {
  Net net;
  const ValueId x = net.input({4, 4});
  net.output(net.add(Binary{}, {net.add(MatMul{}, {x, net.weights({4, 4})}), net.weights({4, 1})}));
  net.output(net.add(Binary{}, {net.add(MatMul{}, {x, net.weights({4, 4})}), net.weights({4, 4})}));
  MatMul active;
  active.epilogue.activation.kind = UnaryKind::relu;
  net.output(net.add(Binary{}, {net.add(active, {x, net.weights({4, 4})}), net.weights({4})}));
  CHECK(run_pass(net.graph, "fold_bias") == 0);
}

}  // namespace
}  // namespace vivace
