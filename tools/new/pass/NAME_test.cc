#include <doctest/doctest.h>

#include "ops/elementwise/unary.h"
#include "passes/pass.h"

namespace vivace {

std::optional<Patch> @name@(const Graph& graph, NodeId id);

namespace {

Graph graph_of(UnaryKind kind) {
  Unary unary;
  unary.function.kind = kind;
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {Dim(4)});
  graph.add_output(graph.add(make_op(unary), {x}, "node").value(), "y");
  return graph;
}

}  // namespace

TEST_CASE("@name@: x -> identity becomes x") {
  Graph graph = graph_of(UnaryKind::identity);
  const auto patch = @name@(graph, NodeId{0});
  REQUIRE(patch.has_value());
  REQUIRE(apply(graph, *patch).ok());
  CHECK(graph.node_count() == 0);
  CHECK(graph.outputs()[0] == graph.inputs()[0]);
  CHECK(verify(graph).ok());
}

TEST_CASE("@name@: leaves every other function alone") {
  CHECK_FALSE(@name@(graph_of(UnaryKind::relu), NodeId{0}).has_value());
}

}  // namespace vivace
