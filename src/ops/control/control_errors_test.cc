// Loops and choices whose parts do not fit each other are refused, wherever they come from.
#include <doctest/doctest.h>

#include "graph/editor.h"
#include "ops/control/if.h"
#include "ops/control/while.h"
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/movement/transpose.h"
#include "support/loops.h"

namespace vivace {
namespace {

using testing::always;
using testing::kColumns;
using testing::kRows;
using testing::loop_of;
using testing::negated;
using testing::Net;
using testing::pair;

// A loop over [kRows, kColumns] with this body and this condition, planned and run by the references.
std::string verdict(While op) {
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {kRows, kColumns});
  const auto made = graph.add_node(make_op(std::move(op)), {x}, "loop");
  return made.ok() ? "" : made.error().id();
}

}  // namespace

TEST_CASE("a loop whose parts do not fit each other is refused") {
  CHECK(verdict(loop_of(always(), negated())).empty());
  CHECK(verdict(loop_of(always(), nullptr)) == "op.attribute");
  CHECK(verdict(loop_of(always(), negated(), {0, 0})) == "op.attribute");
  CHECK(verdict(loop_of(always(), negated(), {1})) == "op.attribute");
  CHECK(verdict(loop_of(always(), negated(), {-1})) == "op.attribute");
  CHECK(verdict(loop_of(always(), negated(), {})) == "op.attribute");
  CHECK(verdict(loop_of(always(), negated({kRows, 5}))) == "op.shape");
  CHECK(verdict(loop_of(always(), negated({kRows}))) == "op.shape");
  CHECK(verdict(loop_of(negated(), negated())) == "op.shape");  // a condition that is no boolean
  Net turned;
  Transpose transpose;
  transpose.order = {1, 0};
  turned.output(turned.add(transpose, {turned.input({kRows, kColumns})}));
  CHECK(verdict(loop_of(always(), body_of(std::move(turned)))) == "op.shape");
  Net compared;
  const ValueId x = compared.input({kRows, kColumns});
  compared.output(compared.add(pair(Binary::Kind::less), {x, x}));
  CHECK(verdict(loop_of(always(), body_of(std::move(compared)))) == "op.shape");
  Net two;
  const ValueId y = two.input({kRows, kColumns});
  two.input({kRows, kColumns});
  two.output(y);
  CHECK(verdict(loop_of(always(), body_of(std::move(two)))) == "op.inputs");
}

TEST_CASE("a choice whose bodies do not fit each other is refused") {
  const auto told = [](GraphPtr a, GraphPtr b, DType condition) -> std::string {
    Graph graph;
    If op;
    op.graphs = {std::move(a), std::move(b)};
    const ValueId c = graph.add_input("c", condition, {});
    const ValueId x = graph.add_input("x", DType::f32, {kRows, kColumns});
    const auto made = graph.add_node(make_op(std::move(op)), {c, x}, "choice");
    return made.ok() ? "" : made.error().id();
  };
  Net turned;
  Transpose transpose;
  transpose.order = {1, 0};
  turned.output(turned.add(transpose, {turned.input({kRows, kColumns})}));
  const GraphPtr other = body_of(std::move(turned));
  CHECK(told(negated(), negated(), DType::boolean).empty());
  CHECK(told(negated(), negated(), DType::i32) == "op.dtype");
  CHECK(told(negated(), other, DType::boolean) == "op.shape");
  CHECK(told(negated(), always(), DType::boolean) == "op.shape");
  CHECK(told(negated(), nullptr, DType::boolean) == "op.attribute");
}

TEST_CASE("bodies within bodies have a bound, and keep no states") {
  GraphPtr body = negated();
  for (int depth = 0; depth < kDeepestBodies; ++depth) {
    Net net;
    net.output(net.add(loop_of(always(), body), {net.input({kRows, kColumns})}));
    body = body_of(std::move(net));
  }
  CHECK(verify(*body).ok());
  Net last;
  last.output(last.add(loop_of(always(), body), {last.input({kRows, kColumns})}));
  CHECK(verify(last.graph).error().id() == "graph.body");
  Net stateful;
  const ValueId x = stateful.input({kRows, kColumns});
  stateful.output(x);
  stateful.graph.add_state(stateful.input({2}), stateful.input({2}));
  Graph graph;
  While op = loop_of(always(), negated());
  const ValueId y = graph.add_input("x", DType::f32, {kRows, kColumns});
  graph.add_output(graph.add(make_op(op), {y}, "loop").value(), "y");
  op.graphs[1] = body_of(std::move(stateful));
  GraphEditor(graph).set_op(NodeId{0}, make_op(op));
  CHECK(verify(graph).error().id() == "graph.body");
}

}  // namespace vivace
