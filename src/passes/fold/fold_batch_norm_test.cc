// Batch norms as scales and shifts.
#include "ops/normalize/batch_norm.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

BatchNorm along(std::int64_t axis) {
  BatchNorm norm;
  norm.axis = axis;
  return norm;
}

TEST_CASE("a batch norm of the last axis becomes a scale and shift, with or without gamma and beta") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 5, 3});
  const ValueId mean = net.weights({3}), variance = net.weights({3}, 0.1, 2);
  const ValueId a = net.add(along(2), {x, mean, variance, net.weights({3}), net.weights({3})}, "bn_a");
  const ValueId b = net.add(along(2), {a, mean, variance, kNoValue, net.weights({3})});
  net.output(net.add(along(2), {b, mean, variance}));
  CHECK(run_pass(net.graph, "fold_batch_norm") == 3);
  CHECK(ops_of(net.graph) == "scale_shift scale_shift scale_shift");
  CHECK(net.graph.node(NodeId{0}).name == "bn_a");
  CHECK(net.graph.node(NodeId{0}).origin == "test bn_a");
}

TEST_CASE("another axis, statistics that are no constants, and double precision stay") {
  Net net;
  const ValueId statistics = net.weights({3}, 0.1, 2);
  net.output(net.add(along(1), {net.input({2, 3, 4}), statistics, statistics}));
  const ValueId fed = net.input({3});
  net.output(net.add(along(1), {net.input({2, 3}), fed, statistics}));
  const ValueId wide = net.graph.add_constant(net.random.tensor(DType::f64, {3}, 0.1, 2));
  net.output(net.add(along(1), {net.input({2, 3}, DType::f64), wide, wide}));
  CHECK(run_pass(net.graph, "fold_batch_norm") == 0);
}

}  // namespace
}  // namespace vivace
