// Scales and shifts moved into the weights that read them.
#include "ops/elementwise/binary.h"
#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"
#include "ops/movement/reshape.h"
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

Reshape to(std::vector<std::int64_t> target) {
  Reshape op;
  op.target = std::move(target);
  return op;
}

TEST_CASE("a scale and shift moves past a reshape whose places have one scale each") {
  Net net;
  Binary rescale;
  rescale.kind = Binary::Kind::subtract;
  const Reshape flat = to({Reshape::keep(0), Reshape::kInfer});
  const auto batch = net.graph.symbol("batch");
  const ValueId rows = net.input({batch, 2, 3, 4}), line = net.input({batch, 50});
  net.output(net.add(MatMul{}, {net.add(flat, {scaled(net, rows, 4)}), net.weights({24, 3})}));
  const ValueId uniform = net.add(rescale, {line, net.weights({})});
  const ValueId picture = net.add(to({Reshape::keep(0), 5, 5, 2}), {uniform});
  net.output(net.add(conv(), {picture, net.weights({3, 3, 2, 6}), net.weights({6})}));
  CHECK(run_pass(net.graph, "fold_scale_forward") == 2);
  CHECK(ops_of(net.graph) == "reshape mat_mul reshape conv");
}

TEST_CASE("a reshape that gives a place several scales, or has another reader, keeps the scale") {
  Net net;
  const ValueId line = net.input({2, 50});
  const Reshape picture = to({2, 5, 5, 2}), flat = to({2, 50});
  net.output(net.add(conv(), {net.add(picture, {scaled(net, line, 50)}), net.weights({3, 3, 2, 6})}));
  const ValueId wide = scaled(net, net.input({2, 5, 10}), 10), narrow = net.add(to({2, 10, 5}), {wide});
  net.output(net.add(MatMul{}, {narrow, net.weights({5, 3})}));
  const ValueId shared = scaled(net, net.input({2, 5, 10}), 10), read = net.add(flat, {shared});
  net.output(net.add(MatMul{}, {read, net.weights({50, 3})}));
  net.output(shared);
  const ValueId twice = net.add(flat, {scaled(net, net.input({2, 5, 10}), 10)});
  net.output(net.add(MatMul{}, {twice, net.weights({50, 3})}));
  net.output(twice);
  CHECK(run_pass(net.graph, "fold_scale_forward") == 0);
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
