// Scales and shifts in a row.
#include "ops/elementwise/binary.h"
#include "ops/normalize/batch_norm.h"
#include "ops/normalize/scale_shift.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

ScaleShift scale(UnaryKind end = UnaryKind::identity) {
  ScaleShift op;
  op.activation.kind = end;
  return op;
}

TEST_CASE("two scales and shifts are one, whichever operator says them") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 3});
  const ValueId a = net.add(scale(), {x, net.weights({3}), net.weights({3})});
  const ValueId b = net.add(Binary{}, {a, net.weights({3})});
  BatchNorm norm;
  norm.axis = 1;
  const ValueId c = net.add(norm, {b, net.weights({3}), net.weights({3}, 0.1, 2)});
  net.output(net.add(scale(UnaryKind::relu), {c, net.weights({3}), net.weights({3})}));
  CHECK(run_pass(net.graph, "merge_scales", 1e-5) == 3);
  CHECK(ops_of(net.graph) == "scale_shift");
}

TEST_CASE("a function, another reader or an infinity between them keeps both") {
  Net net;
  const ValueId x = net.input({3});
  const auto add = [&](UnaryKind end, ValueId from, std::vector<float> k) {
    return net.add(scale(end), {from, net.numbers({3}, std::move(k)), net.weights({3})});
  };
  net.output(add(UnaryKind::identity, add(UnaryKind::relu, x, {1, 2, 3}), {1, 2, 3}));
  const ValueId shared = add(UnaryKind::identity, x, {1, 2, 3});
  net.output(add(UnaryKind::identity, shared, {1, 2, 3}));
  net.output(shared);
  net.output(add(UnaryKind::identity, add(UnaryKind::identity, x, {1e30f, 2, 3}), {1e30f, 2, 3}));
  CHECK(run_pass(net.graph, "merge_scales") == 0);
}

}  // namespace
}  // namespace vivace
