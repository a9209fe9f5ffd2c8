// Scales and shifts moved into the weights that read them.
#include "ops/elementwise/binary.h"
#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"
#include "ops/normalize/scale_shift.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

Conv conv() {
  Conv op;
  op.strides = op.dilations = {1, 1};
  op.padding = Padding::valid(2);
  return op;
}

ValueId scaled(Net& net, ValueId x, std::int64_t channels) {
  return net.add(ScaleShift{}, {x, net.weights({channels}), net.weights({channels})});
}

TEST_CASE("a scale and shift moves forward into products and unpadded convolutions") {
  Net net;
  const ValueId rows = net.input({net.graph.symbol("batch"), 4}), x = net.input({1, 5, 5, 4});
  MatMul turned;
  turned.transpose_b = true;
  Conv grouped = conv(), same = conv();
  grouped.groups = 2;
  grouped.padding.before = {0, 0};
  same.padding = Padding::same();
  net.output(net.add(MatMul{}, {scaled(net, rows, 4), net.weights({4, 3}), net.weights({3})}));
  net.output(net.add(turned, {scaled(net, rows, 4), net.weights({3, 4})}));
  net.output(net.add(conv(), {scaled(net, x, 4), net.weights({3, 3, 4, 6}), net.weights({6})}));
  net.output(net.add(grouped, {scaled(net, x, 4), net.weights({3, 3, 2, 6})}));
  net.output(
      net.add(same, {scaled(net, x, 4), net.weights({1, 1, 4, 6}), kNoValue, net.input({1, 5, 5, 6})}));
  CHECK(run_pass(net.graph, "fold_scale_forward") == 5);
  CHECK(ops_of(net.graph) == "mat_mul mat_mul conv conv conv");
}

TEST_CASE("a mere scale moves past padding too, a shift does not") {
  for (const auto& [kind, patches] : {std::pair{Binary::Kind::multiply, 1}, {Binary::Kind::subtract, 0}}) {
    Net net;
    Conv same = conv();
    same.padding = Padding::same();
    Binary rescale;
    rescale.kind = kind;
    const ValueId x = net.add(rescale, {net.input({1, 5, 5, 4}), net.weights({})});
    net.output(net.add(same, {x, net.weights({3, 3, 4, 2})}));
    CHECK(run_pass(net.graph, "fold_scale_forward") == patches);
  }
}

TEST_CASE("a function, another reader, and weights from outside keep the scale") {
  Net net;
  const ValueId x = net.input({2, 4});
  ScaleShift active;
  active.activation.kind = UnaryKind::relu;
  net.output(
      net.add(MatMul{}, {net.add(active, {x, net.weights({4}), net.weights({4})}), net.weights({4, 3})}));
  const ValueId shared = scaled(net, x, 4);
  net.output(net.add(MatMul{}, {shared, net.weights({4, 3})}));
  net.output(shared);
  net.output(net.add(MatMul{}, {scaled(net, x, 4), net.input({4, 3})}));
  net.output(net.add(MatMul{}, {scaled(net, x, 4), net.weights({4, 3}), net.input({3})}));
  MatMul turned;
  turned.transpose_a = true;
  net.output(net.add(turned, {scaled(net, net.input({4, 3}), 3), net.weights({4, 3})}));
  CHECK(run_pass(net.graph, "fold_scale_forward") == 0);
}

}  // namespace
}  // namespace vivace
