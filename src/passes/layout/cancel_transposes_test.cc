// Transposes in a row.
#include "ops/movement/transpose.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

Transpose by(std::vector<std::int64_t> order) {
  Transpose transpose;
  transpose.order = std::move(order);
  return transpose;
}

TEST_CASE("a transpose and its inverse are nothing") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 3, 4, 5});
  net.output(net.add(by({0, 2, 3, 1}), {net.add(by({0, 3, 1, 2}), {x})}));
  CHECK(run_pass(net.graph, "cancel_transposes") == 1);
  CHECK(net.graph.node_count() == 0);
}

TEST_CASE("two transposes are one; the first stays for its other readers") {
  Net net;
  const ValueId first = net.add(by({1, 2, 0}), {net.input({2, 3, 4})});
  net.output(net.add(by({0, 2, 1}), {first}));
  net.output(first);
  CHECK(run_pass(net.graph, "cancel_transposes") == 1);
  CHECK(net.graph.node_count() == 2);
  CHECK(net.graph.producer(net.graph.node(NodeId{1}).inputs[0]) == kNoNode);
}

TEST_CASE("a transpose that moves only axes of size 1 is a reshape") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 1, 1, 5});
  net.output(net.add(by({0, 3, 1, 2}), {x}));
  CHECK(run_pass(net.graph, "cancel_transposes") == 1);
  CHECK(ops_of(net.graph) == "reshape");
  Net real;
  real.output(real.add(by({0, 2, 1}), {real.input({real.graph.symbol("batch"), 2, 5})}));
  CHECK(run_pass(real.graph, "cancel_transposes") == 0);
}

}  // namespace
}  // namespace vivace
