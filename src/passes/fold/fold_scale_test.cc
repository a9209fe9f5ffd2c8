// Scales and shifts moved into weights.
#include "ops/elementwise/binary.h"
#include "ops/linear/conv.h"
#include "ops/linear/conv_transpose.h"
#include "ops/linear/mat_mul.h"
#include "ops/normalize/batch_norm.h"
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

// Sums of 6 channels, each kind of operator in turn, from inputs of their own.
std::vector<ValueId> all_sums(Net& net) {
  const Dim batch = net.graph.symbol("batch");
  const ValueId picture = net.input({batch, 5, 5, 4}), rows = net.input({batch, 4});
  Conv grouped = conv(), depthwise = conv();
  grouped.groups = 2;
  depthwise.groups = 6;
  ConvTranspose transpose;
  transpose.strides = {2, 2};
  transpose.dilations = {1, 1};
  transpose.output_padding = {0, 0};
  transpose.padding = Padding::same();
  MatMul turned;
  turned.transpose_b = true;
  return {net.add(conv(), {picture, net.weights({3, 3, 4, 6})}),
          net.add(grouped, {picture, net.weights({3, 3, 2, 6}), net.weights({6})}),
          net.add(depthwise, {net.input({batch, 5, 5, 6}), net.weights({3, 3, 1, 6})}),
          net.add(transpose, {picture, net.weights({3, 3, 6, 4}), net.weights({6})}),
          net.add(MatMul{}, {rows, net.weights({4, 6}), net.weights({6})}),
          net.add(turned, {rows, net.weights({6, 4})})};
}

TEST_CASE("a scale and shift moves into the weights of every kind of sums, with its activation") {
  Net net;
  ScaleShift scale;
  scale.activation.kind = UnaryKind::relu;
  for (const ValueId sums : all_sums(net))
    net.output(net.add(scale, {sums, net.weights({6}), net.weights({6})}));
  CHECK(run_pass(net.graph, "fold_scale") == 6);
  CHECK(ops_of(net.graph) == "conv conv conv conv_transpose mat_mul mat_mul");
}

TEST_CASE("a batch norm goes into the weights directly; the layer's name stays") {
  Net net;
  const ValueId sums = net.add(conv(), {net.input({1, 5, 5, 2}), net.weights({3, 3, 2, 6})}, "block1_conv");
  BatchNorm norm;
  norm.axis = 3;
  const ValueId statistics = net.weights({6}, 0.1, 2);
  net.output(net.add(norm, {sums, statistics, statistics, net.weights({6}), net.weights({6})}, "block1_bn"));
  CHECK(run_pass(net.graph, "fold_scale") == 1);
  CHECK(net.graph.node(NodeId{0}).name == "block1_conv");
  CHECK(net.graph.node(NodeId{0}).origin == "test block1_conv");
}

TEST_CASE("another reader, a function, a residual, weights from outside and infinities keep the scale") {
  Net net;
  const ValueId x = net.input({2, 4});
  const auto scaled = [&](ValueId sums, float k = 2) {
    net.output(net.add(ScaleShift{}, {sums, net.numbers({3}, {k, k, k}), net.weights({3})}));
  };
  const ValueId shared = net.add(MatMul{}, {x, net.weights({4, 3})});
  scaled(shared);
  net.output(shared);
  MatMul active;
  active.epilogue.activation.kind = UnaryKind::relu;
  scaled(net.add(active, {x, net.weights({4, 3})}));
  scaled(net.add(MatMul{}, {x, net.weights({4, 3}), kNoValue, net.input({2, 3})}));
  scaled(net.add(MatMul{}, {x, net.input({4, 3})}));
  scaled(net.add(MatMul{}, {x, net.weights({4, 3}), net.input({3})}));
  scaled(net.add(MatMul{}, {x, net.weights({4, 3})}), INFINITY);
  CHECK(run_pass(net.graph, "fold_scale") == 0);
}

TEST_CASE("one weights tensor may serve two layers of different scales") {
  Net net;
  const ValueId x = net.input({2, 4}), w = net.weights({4, 3});
  for (int i = 0; i < 2; ++i)
    net.output(net.add(ScaleShift{}, {net.add(MatMul{}, {x, w}), net.weights({3}), net.weights({3})}));
  CHECK(run_pass(net.graph, "fold_scale") == 2);
}

}  // namespace
}  // namespace vivace
