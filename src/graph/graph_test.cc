// Building and printing graphs.
#include "graph/graph.h"

#include <doctest/doctest.h>

#include <atomic>

#include "base/memory/slab.h"
#include "graph/testing.h"

namespace vivace {
namespace {

using testing::probe;

TEST_CASE("a graph keeps producers and readers, one entry for each use") {
  Graph graph;
  const Dim batch = graph.symbol("batch");
  const ValueId x = graph.add_input("x", DType::f32, {batch, 4});
  const ValueId a = graph.add(probe(), {x}, "a").value();
  const ValueId b = graph.add(probe(), {a, a, kNoValue}, "b").value();
  graph.add_output(b, "first");
  graph.add_output(b, "again");
  CHECK(graph.producer(x) == kNoNode);
  CHECK(graph.producer(a) == NodeId{0});
  CHECK(graph.value(a).readers == std::vector{NodeId{1}, NodeId{1}});
  CHECK(graph.uses(a) == 2);
  CHECK(graph.uses(b) == 2);
  CHECK(graph.is_output(b));
  CHECK_FALSE(graph.is_output(a));
  CHECK(graph.value(b).dims == Dims{batch, 4});
  CHECK(graph.fact(kNoValue).absent);
  CHECK(verify(graph).ok());
}

TEST_CASE("equal names give one symbol") {
  Graph graph;
  CHECK(graph.symbol("batch").same(graph.symbol("batch")));
  CHECK_FALSE(graph.symbol("batch").same(graph.symbol("time")));
  CHECK(graph.symbols().size() == 2);
}

TEST_CASE("a node that its operator refuses leaves the graph alone and is named in the error") {
  Graph graph;
  graph.add_input("x", DType::f32, {4});
  const auto refused = graph.add(probe(), {kNoValue}, "lonely");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().id() == "op.inputs");
  CHECK(refused.error().at() == "node \"lonely\"");
  CHECK(graph.node_count() == 0);
  CHECK(graph.value_count() == 1);
}

TEST_CASE("a constant is a view that keeps its owner alive") {
  Graph graph;
  ValueId id{};
  {
    auto bytes = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3});
    id = graph.add_constant(Constant::view(DType::f32, {3}, bytes->data(), bytes), "w");
  }
  const Graph copy = graph;
  CHECK(copy.constant(id)->as<float>()[2] == 3);
  CHECK(copy.constant(id) == graph.constant(id));  // copies share constants
  CHECK(graph.fact(id).constant != nullptr);
  CHECK(graph.constant(kNoValue) == nullptr);
}

TEST_CASE("a constant to be computed later is computed once, when it is wanted") {
  int made = 0;
  const ConstantPtr later = Constant::later(DType::f32, {2, 2}, [&made](const MutableTensorView& tensor) {
    ++made;
    tensor.as<float>()[3] = 4;
  });
  Graph graph;
  const ValueId id = graph.add_constant(later, "w");
  CHECK(graph.fact(id).constant == nullptr);
  CHECK(graph.fact(id).dims == Dims{2, 2});
  CHECK(later->bytes() == 16);
  CHECK(made == 0);
  const Graph copy = graph;
  CHECK(copy.constant(id)->as<float>()[3] == 4);
  graph.own_constants();
  CHECK(made == 1);
  CHECK(graph.fact(id).constant != nullptr);
  CHECK(graph.constant(id)->tensor().data == later->tensor().data);
  Slab slab;
  CHECK(Constant::owned(graph.value(id).constant, slab) == graph.value(id).constant);
}

TEST_CASE("the same elements with other sizes are computed no sooner") {
  bool made = false;
  const ConstantPtr later = Constant::later(DType::f32, {2, 3}, [&made](const MutableTensorView& tensor) {
    made = true;
    tensor.as<float>()[5] = 7;
  });
  const ConstantPtr other = Constant::reshaped(later, {6});
  CHECK(!made);
  CHECK(other->dims() == Shape{6});
  Slab slab;
  CHECK(Constant::owned(other, slab)->as<float>()[5] == 7);
  CHECK(Constant::owned(other, slab)->dims() == Shape{6});
  CHECK(Constant::reshaped(Constant::owned(other, slab), {3, 2})->as<float>()[5] == 7);
}

TEST_CASE("several threads bring constants into memory of their own, shared ones once") {
  constexpr std::int64_t kCount = 200'000;
  Graph graph;
  const auto source = std::make_shared<const Tensor>(DType::f32, Shape{kCount});
  const ConstantPtr view = Constant::view(DType::f32, {kCount}, source->data(), source);
  std::atomic<int> made = 0;
  const ConstantPtr later = Constant::later(DType::f32, {kCount}, [&made](const MutableTensorView& tensor) {
    ++made;
    tensor.as<float>()[kCount - 1] = 5;
  });
  const ValueId first = graph.add_constant(view), second = graph.add_constant(view);
  const ValueId third = graph.add_constant(later),
                other = graph.add_constant(Constant::reshaped(later, {2, kCount / 2}));
  graph.own_constants(3);
  CHECK(made.load() == 1);
  CHECK(graph.constant(first) == graph.constant(second));
  CHECK(graph.constant(first)->tensor().data != source->data());
  CHECK(graph.constant(third)->as<float>()[kCount - 1] == 5);
  CHECK(graph.constant(other)->as<float>()[kCount - 1] == 5);
}

TEST_CASE("a graph prints as text, one node a line") {
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {graph.symbol("batch"), 4});
  const ValueId w = graph.add_constant(Tensor(DType::f32, {4}), "w");
  const std::vector<ValueId> y = graph.add_node(probe(5, 2), {x, kNoValue, w}, "split").value();
  graph.add_output(y[1], "result");
  CHECK(to_text(graph) ==
        "input  %0 float32[batch,4] \"x\"\n"
        "%2 float32[batch,4] %3 float32[batch,4] = probe tag=5 (%0, -, %1:float32[4]) \"split\"\n"
        "output %3 \"result\"\n");
}

TEST_CASE("states stand behind all other inputs and outputs, whenever they are added") {
  Graph graph;
  const ValueId h = graph.add_input("h", DType::f32, {4});
  const ValueId c = graph.add_input("c", DType::f32, {2});
  const ValueId next = graph.add(probe(), {h}, "next").value();
  graph.add_state(h, next);
  const ValueId x = graph.add_input("x", DType::f32, {4});
  graph.add_output(next, "y");
  graph.add_state(c, c);
  graph.add_output(x, "same");
  CHECK(graph.state_count() == 2);
  CHECK(std::vector(graph.inputs().begin(), graph.inputs().end()) == std::vector{x, h, c});
  CHECK(std::vector(graph.outputs().begin(), graph.outputs().end()) == std::vector{next, x, next, c});
  CHECK(std::vector(graph.output_names().begin(), graph.output_names().end()) ==
        std::vector<std::string>{"y", "same", "h", "c"});
  CHECK(verify(graph).ok());
  CHECK(to_text(graph) ==
        "input  %3 float32[4] \"x\"\n"
        "state  %0 float32[4] \"h\"\n"
        "state  %1 float32[2] \"c\"\n"
        "%2 float32[4] = probe tag=0 (%0) \"next\"\n"
        "output %2 \"y\"\n"
        "output %3 \"same\"\n"
        "next   %2 \"h\"\n"
        "next   %1 \"c\"\n");
}

TEST_CASE("operators are the same when name and attributes are") {
  CHECK(same(*probe(1), *probe(1)));
  CHECK_FALSE(same(*probe(1), *probe(2)));
}

}  // namespace
}  // namespace vivace
