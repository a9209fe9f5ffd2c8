// Editing graphs: patches, what they refuse, and what they leave behind.
#include "graph/patch.h"

#include <doctest/doctest.h>

#include "graph/editor.h"
#include "graph/testing.h"

namespace vivace {
namespace {

using testing::probe;

std::string tags(const Graph& graph) {
  std::string line;
  for (const Node& node : graph.nodes()) line += (line.empty() ? "" : " ") + node.name;
  return line;
}

// x -> a -> b -> c -> output
struct Chain {
  Graph graph;
  ValueId x, a, b, c;

  Chain() {
    x = graph.add_input("x", DType::f32, {graph.symbol("batch"), 4});
    a = graph.add(probe(1), {x}, "a").value();
    b = graph.add(probe(2), {a}, "b").value();
    c = graph.add(probe(3), {b}, "c").value();
    graph.add_output(c, "y");
  }
};

TEST_CASE("a new node takes the old one's place and readers; what only the old one read goes") {
  Chain chain;
  Patch patch("test", NodeId{1});
  patch.replace(chain.b, patch.add(probe(9), {chain.x}, "new", "origin"));
  REQUIRE(apply(chain.graph, patch).ok());
  CHECK(tags(chain.graph) == "new c");
  CHECK(chain.graph.node(NodeId{0}).origin == "origin");
  CHECK(verify(chain.graph).ok());
  CHECK(chain.graph.value_count() == 3);
}

TEST_CASE("a new node may read the value that it replaces") {
  Chain chain;
  Patch patch("test", NodeId{1});
  const ValueId first = patch.add(probe(8), {chain.b}, "first");
  patch.replace(chain.b, patch.add(probe(9), {first, chain.b}, "second"));
  REQUIRE(apply(chain.graph, patch).ok());
  CHECK(tags(chain.graph) == "a b first second c");
  CHECK(verify(chain.graph).ok());
}

TEST_CASE("outputs of the graph follow a replacement and keep their names") {
  Chain chain;
  Patch patch("test", NodeId{2});
  patch.replace(chain.c, chain.x);
  REQUIRE(apply(chain.graph, patch).ok());
  CHECK(chain.graph.node_count() == 0);
  CHECK(chain.graph.outputs()[0] == chain.graph.inputs()[0]);
  CHECK(chain.graph.output_names()[0] == "y");
  CHECK(verify(chain.graph).ok());
}

TEST_CASE("a constant replaces a value") {
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {4});
  const ValueId a = graph.add(probe(1), {x}, "a").value();
  graph.add_output(graph.add(probe(2), {a}, "b").value(), "y");
  Patch patch("test", NodeId{0});
  patch.replace(a, patch.constant(Tensor(DType::f32, {4}), "folded"));
  REQUIRE(apply(graph, patch).ok());
  CHECK(tags(graph) == "b");
  CHECK(graph.constant(graph.node(NodeId{0}).inputs[0]) != nullptr);
  CHECK(graph.inputs().size() == 1);
  CHECK(verify(graph).ok());
}

TEST_CASE("nodes of several outputs replace and are replaced") {
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {4});
  const auto two = graph.add_node(probe(1, 2), {x}, "two").value();
  graph.add_output(graph.add(probe(2), {two[0], two[1]}, "join").value(), "y");
  Patch patch("test", NodeId{0});
  const ValueId first = patch.add(probe(7, 2), {x}, "both", {}, 2);
  patch.replace(two[0], static_cast<ValueId>(static_cast<std::uint32_t>(first) + 1));
  patch.replace(two[1], first);
  REQUIRE(apply(graph, patch).ok());
  CHECK(tags(graph) == "both join");
  const Node& join = graph.node(NodeId{1});
  CHECK(join.inputs == std::vector{graph.node(NodeId{0}).outputs[1], graph.node(NodeId{0}).outputs[0]});
  CHECK(verify(graph).ok());
}

TEST_CASE("an old node stays while one of its outputs is read") {
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {4});
  const auto two = graph.add_node(probe(1, 2), {x}, "two").value();
  graph.add_output(two[0], "y");
  graph.add_output(two[1], "z");
  Patch patch("test", NodeId{0});
  patch.replace(two[1], patch.add(probe(2), {x}, "new"));
  REQUIRE(apply(graph, patch).ok());
  CHECK(graph.node_count() == 2);
  CHECK(verify(graph).ok());
}

TEST_CASE("nodes are put in running order where a patch reads what comes later") {
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {4});
  const ValueId a = graph.add(probe(1), {x}, "a").value();
  const ValueId reader = graph.add(probe(2), {a}, "reader").value();
  const ValueId late = graph.add(probe(3), {x}, "late").value();
  graph.add_output(reader, "y");
  graph.add_output(late, "z");
  Patch patch("test", NodeId{0});
  patch.replace(a, patch.add(probe(4), {late}, "new"));
  REQUIRE(apply(graph, patch).ok());
  CHECK(tags(graph) == "late new reader");
  CHECK(verify(graph).ok());
}

TEST_CASE("a circle is refused and the graph is as before") {
  Chain chain;
  const std::string before = to_text(chain.graph);
  Patch patch("test", NodeId{0});
  patch.replace(chain.a, patch.add(probe(9), {chain.c}, "new"));
  const Status refused = apply(chain.graph, patch);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().id() == "graph.patch");
  CHECK(refused.error().what() == "the pass test made an invalid change: the new nodes make a circle");
  CHECK(to_text(chain.graph) == before);
  CHECK(verify(chain.graph).ok());
}

TEST_CASE("other sizes, another type, a refusing operator and a wrong number of outputs are refused") {
  Chain chain;
  const std::string before = to_text(chain.graph);
  const auto refuses = [&](const Patch& patch) {
    const Status status = apply(chain.graph, patch);
    CHECK_FALSE(status.ok());
    CHECK(to_text(chain.graph) == before);
    return status.ok() ? std::string() : status.error().id();
  };
  Patch sizes("test", NodeId{0});
  sizes.replace(chain.a, sizes.constant(Tensor(DType::f32, {3, 4})));
  CHECK(refuses(sizes) == "graph.patch");
  Patch type("test", NodeId{0});
  type.replace(chain.a, type.constant(Tensor(DType::f64, {4})));
  CHECK(refuses(type) == "graph.patch");
  Patch operator_refuses("test", NodeId{0});
  operator_refuses.replace(chain.a, operator_refuses.add(probe(), {kNoValue}, "new"));
  CHECK(refuses(operator_refuses) == "op.inputs");
  Patch outputs("test", NodeId{0});
  outputs.replace(chain.a, outputs.add(probe(1, 2), {chain.x}, "new"));
  CHECK(refuses(outputs) == "graph.patch");
}

TEST_CASE("what nobody reads goes, through whole branches; inputs stay") {
  Chain chain;
  const ValueId side = chain.graph.add(probe(5), {chain.a}, "side").value();
  const ValueId w = chain.graph.add_constant(Tensor(DType::f32, {4}));
  REQUIRE(chain.graph.add(probe(6), {side, w}, "more").ok());
  CHECK(remove_dead(chain.graph) == 2);
  CHECK(tags(chain.graph) == "a b c");
  CHECK(chain.graph.value_count() == 4);
  CHECK(verify(chain.graph).ok());
  CHECK(remove_dead(chain.graph) == 0);
}

TEST_CASE("an editor's ids stay between patches of one node") {
  Chain chain;
  GraphEditor editor(chain.graph);
  Patch first("test", NodeId{1});
  first.replace(chain.b, first.add(probe(9), {chain.x}, "new"));
  REQUIRE(editor.apply(first).ok());
  CHECK(editor.is_gap(NodeId{0}));
  CHECK(chain.graph.node(NodeId{1}).name == "new");
  Patch second("test", NodeId{2});
  second.replace(chain.c, second.add(probe(10), {chain.graph.node(NodeId{1}).outputs[0]}, "last"));
  REQUIRE(editor.apply(second).ok());
  CHECK(chain.graph.node(NodeId{2}).name == "last");
  CHECK(editor.compact() == 1);
  CHECK(tags(chain.graph) == "new last");
  CHECK(verify(chain.graph).ok());
}

}  // namespace
}  // namespace vivace
