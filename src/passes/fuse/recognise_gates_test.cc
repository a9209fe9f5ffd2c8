// Gates written out as nodes.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

Unary function(UnaryKind kind, double alpha = 0, double beta = 0) {
  Unary unary;
  unary.function = {kind, alpha, beta};
  return unary;
}

Binary binary(Binary::Kind kind) {
  Binary op;
  op.kind = kind;
  return op;
}

// relu6(x + 3) times or over something.
ValueId hard_gate(Net& net, ValueId x, Binary::Kind kind, float by, double top = 6) {
  const ValueId clamped =
      net.add(function(UnaryKind::clamp, 0, top), {net.add(Binary{}, {x, net.numbers({}, {3})})});
  return net.add(binary(kind), {clamped, net.numbers({}, {by})});
}

TEST_CASE("x times its sigmoid is silu, from either side") {
  for (const bool swap : {false, true}) {
    Net net;
    const ValueId x = net.input({net.graph.symbol("batch"), 3}),
                  gate = net.add(function(UnaryKind::sigmoid), {x});
    net.output(
        net.add(binary(Binary::Kind::multiply), swap ? std::vector{gate, x} : std::vector{x, gate}, "swish"));
    CHECK(run_pass(net.graph, "recognise_gates") == 1);
    CHECK(to_text(*net.graph.node(NodeId{0}).op) == "unary activation=silu alpha=0 beta=0");
    CHECK(net.graph.node(NodeId{0}).name == "swish");
  }
}

TEST_CASE("x times relu6(x + 3) / 6 is hard_silu, whether multiplied or divided") {
  for (const auto& [kind, by] : {std::pair{Binary::Kind::multiply, 1.0f / 6}, {Binary::Kind::divide, 6.0f}}) {
    Net net;
    const ValueId x = net.input({2, 3});
    net.output(net.add(binary(Binary::Kind::multiply), {x, hard_gate(net, x, kind, by)}));
    CHECK(run_pass(net.graph, "recognise_gates") == 2);
    CHECK(to_text(*net.graph.node(NodeId{0}).op) == "unary activation=hard_silu alpha=0 beta=0");
  }
}

TEST_CASE("other gates, other readers and other slopes stay") {
  Net net;
  const ValueId x = net.input({2, 3}), y = net.input({2, 3});
  net.output(net.add(binary(Binary::Kind::multiply), {x, net.add(function(UnaryKind::sigmoid), {y})}));
  net.output(net.add(binary(Binary::Kind::multiply), {x, net.add(function(UnaryKind::tanh), {x})}));
  const ValueId shared = net.add(function(UnaryKind::sigmoid), {x});
  net.output(net.add(binary(Binary::Kind::multiply), {x, shared}));
  net.output(shared);
  net.output(hard_gate(net, x, Binary::Kind::multiply, 0.2f));
  net.output(hard_gate(net, x, Binary::Kind::multiply, 1.0f / 6, 5));
  CHECK(run_pass(net.graph, "recognise_gates") == 0);
}

}  // namespace
}  // namespace vivace
