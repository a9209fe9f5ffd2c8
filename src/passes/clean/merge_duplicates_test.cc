// Computing equal things once.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
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

TEST_CASE("equal functions of one value are computed once, and what follows them too") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 3});
  const ValueId a = net.add(function(UnaryKind::exp), {net.add(function(UnaryKind::relu), {x})});
  const ValueId b = net.add(function(UnaryKind::exp), {net.add(function(UnaryKind::relu), {x})});
  net.output(net.add(Binary{}, {a, b}));
  CHECK(run_pass(net.graph, "merge_duplicates") == 2);
  CHECK(ops_of(net.graph) == "unary unary binary");
}

TEST_CASE("small constants of the same numbers are one; on whichever side they stand") {
  Net net;
  const ValueId x = net.input({3});
  Binary minus;
  minus.kind = Binary::Kind::subtract;
  const ValueId a = net.add(minus, {net.numbers({3}, {1, 2, 3}), x});
  const ValueId b = net.add(minus, {net.numbers({3}, {1, 2, 3}), x});
  const ValueId c = net.add(minus, {net.numbers({3}, {1, 2, 4}), x});
  net.output(net.add(Binary{}, {net.add(Binary{}, {a, b}), c}));
  CHECK(run_pass(net.graph, "merge_duplicates") == 1);
}

TEST_CASE("other attributes, other inputs and another order of inputs are other things") {
  Net net;
  const ValueId x = net.input({3}), y = net.input({3});
  Binary minus;
  minus.kind = Binary::Kind::subtract;
  for (const ValueId value :
       {net.add(function(UnaryKind::exp), {x}), net.add(function(UnaryKind::relu), {x}),
        net.add(function(UnaryKind::relu), {y}), net.add(minus, {x, y}), net.add(minus, {y, x})})
    net.output(value);
  CHECK(run_pass(net.graph, "merge_duplicates") == 0);
}

TEST_CASE("two outputs of the graph may become one value under both names") {
  Net net;
  const ValueId x = net.input({3});
  net.output(net.add(function(UnaryKind::exp), {x}));
  net.output(net.add(function(UnaryKind::exp), {x}));
  CHECK(run_pass(net.graph, "merge_duplicates") == 1);
  CHECK(net.graph.outputs()[0] == net.graph.outputs()[1]);
  CHECK(net.graph.output_names()[1] == "output1");
}

}  // namespace
}  // namespace vivace
