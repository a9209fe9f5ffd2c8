// Every kind of broken graph is refused: verify() is the boundary behind which nothing is checked again.
#include <doctest/doctest.h>

#include "graph/testing.h"

namespace vivace {

/// Reaches into a graph, as reading a file does.
class GraphReader {
 public:
  explicit GraphReader(Graph& graph)
      : values(graph.values_),
        nodes(graph.nodes_),
        inputs(graph.inputs_),
        outputs(graph.outputs_),
        states(graph.state_count_) {}
  std::vector<Value>& values;
  std::vector<Node>& nodes;
  std::vector<ValueId>&inputs, &outputs;
  std::size_t& states;
};

namespace {

using testing::probe;

// x, w -> a -> b -> output, then broken by `change`; the id of the error that verify() gives, or "".
template <class Change>
std::string verdict(Change change) {
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {graph.symbol("batch"), 4});
  const ValueId w = graph.add_constant(Tensor(DType::f32, {4}));
  const ValueId a = graph.add(probe(1), {x, w}, "a").value();
  graph.add_output(graph.add(probe(2), {a}, "b").value(), "y");
  GraphReader reader(graph);
  change(reader);
  const Status status = verify(graph);
  return status.ok() ? "" : status.error().id();
}

constexpr ValueId kNowhere{99};

TEST_CASE("a whole graph passes") {
  CHECK(verdict([](GraphReader&) {}).empty());
}

TEST_CASE("values with too many axes, impossible sizes or symbols of no graph are refused") {
  CHECK(verdict([](GraphReader& g) { g.values[0].dims = Dims(17, Dim(1)); }) == "graph.rank");
  CHECK(verdict([](GraphReader& g) { g.values[0].dims[1] = Dim(-4); }) == "graph.size");
  CHECK(verdict([](GraphReader& g) { g.values[0].dims[0] = Dim::symbol(2); }) == "graph.symbol");
  CHECK(verdict([](GraphReader& g) { g.values[0].dims[0] = Dim::symbol(-7); }) == "graph.symbol");
}

TEST_CASE("constants that disagree with their own facts are refused") {
  CHECK(verdict([](GraphReader& g) { g.values[1].dims = {5}; }) == "graph.constant");
  CHECK(verdict([](GraphReader& g) { g.values[1].dtype = DType::i32; }) == "graph.constant");
  CHECK(verdict([](GraphReader& g) {
          g.values[1].dtype = DType::string;
          g.values[1].constant = Constant::own(Tensor(DType::string, {4}));
        }) == "graph.constant");
}

TEST_CASE("inputs that are missing, doubled or constant are refused") {
  CHECK(verdict([](GraphReader& g) { g.inputs.push_back(kNowhere); }) == "graph.input");
  CHECK(verdict([](GraphReader& g) { g.inputs.push_back(g.inputs[0]); }) == "graph.input");
  CHECK(verdict([](GraphReader& g) { g.inputs.push_back(ValueId{1}); }) == "graph.input");
}

TEST_CASE("states that are not one input and one output of a known shape are refused") {
  const auto with_states = [](std::size_t states, auto change) {
    return verdict([&](GraphReader& g) {
      g.values.push_back({});
      g.values.back().dims = {3};
      g.inputs.push_back(static_cast<ValueId>(g.values.size() - 1));
      g.outputs.push_back(g.inputs.back());
      g.states = states;
      change(g.values.back());
    });
  };
  const auto nothing = [](Value&) {};
  CHECK(with_states(1, nothing) == "");
  CHECK(with_states(2, nothing) == "graph.state");  // x and its output are [batch,4]
  CHECK(with_states(3, nothing) == "graph.state");
  CHECK(with_states(std::size_t{1} << 31, nothing) == "graph.state");
  CHECK(with_states(1, [](Value& v) { v.dims = {Dim::symbol(1)}; }) == "graph.state");
  CHECK(with_states(1, [](Value& v) { v.dims = {1 << 20, 1 << 20}; }) == "graph.state");
}

TEST_CASE("nodes that read what nothing before them makes are refused") {
  CHECK(verdict([](GraphReader& g) { std::swap(g.nodes[0], g.nodes[1]); }) == "graph.order");
  CHECK(verdict([](GraphReader& g) { g.nodes[0].inputs[0] = kNowhere; }) == "graph.order");
  CHECK(verdict([](GraphReader& g) { g.nodes[0].inputs[0] = g.nodes[0].outputs[0]; }) == "graph.order");
}

TEST_CASE("values made twice, or made where none are, are refused") {
  CHECK(verdict([](GraphReader& g) { g.nodes[1].outputs = g.nodes[0].outputs; }) ==
        "graph.single-assignment");
  CHECK(verdict([](GraphReader& g) { g.nodes[1].outputs[0] = kNowhere; }) == "graph.single-assignment");
  CHECK(verdict([](GraphReader& g) { g.nodes[1].outputs[0] = ValueId{1}; }) == "graph.single-assignment");
}

TEST_CASE("nodes without an operator, or with too few outputs, are refused") {
  CHECK(verdict([](GraphReader& g) { g.nodes[0].op = nullptr; }) == "graph.node");
  CHECK(verdict([](GraphReader& g) { g.nodes[1].outputs.clear(); }) == "graph.node");
}

TEST_CASE("an operator's refusal and facts that do not follow from it are refused") {
  CHECK(verdict([](GraphReader& g) { g.nodes[0].inputs[0] = kNoValue; }) == "op.inputs");
  CHECK(verdict([](GraphReader& g) { g.values[2].dims[1] = Dim(5); }) == "graph.fact");
  CHECK(verdict([](GraphReader& g) { g.values[2].dtype = DType::f64; }) == "graph.fact");
  CHECK(verdict([](GraphReader& g) { g.values[2].kind = ValueKind::strings; }) == "graph.fact");
}

TEST_CASE("outputs that nothing makes are refused") {
  CHECK(verdict([](GraphReader& g) { g.outputs[0] = kNowhere; }) == "graph.output");
  CHECK(verdict([](GraphReader& g) { g.nodes.pop_back(); }) == "graph.output");
}

}  // namespace
}  // namespace vivace
