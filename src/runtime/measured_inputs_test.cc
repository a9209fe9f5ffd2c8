// Sizes that are found in what is given: counted for each run, and never taken for an input of another kind.
#include "runtime/measured_inputs.h"

#include <doctest/doctest.h>

#include "ops/movement/reshape.h"
#include "ops/strings/vectorize_text.h"
#include "runtime/interpreter.h"

using namespace vivace;

namespace {

// Texts [n, 1], their words' numbers [n, words].
struct Texts {
  Graph graph;
  ValueId texts = graph.add_input("texts", DType::string, {graph.symbol("n"), Dim(1)});
  ValueId words = graph.add_input("words", DType::boolean, {graph.symbol("words")});
  ValueId bytes, offsets, numbers = kNoValue;

  Texts() {
    bytes = graph.add_constant(Tensor(DType::u8, {1}));
    Tensor places(DType::i64, {2});
    places.as<std::int64_t>()[0] = 0;
    places.as<std::int64_t>()[1] = 1;
    offsets = graph.add_constant(std::move(places));
  }

  void vectorize(ValueId from) {
    VectorizeText op;
    op.size = 0;
    op.numbering.unknown.count = 1;
    op.numbering.unknown_first = 1;
    const auto made = graph.add(make_op(op), {from, bytes, offsets, words}, "numbers");
    REQUIRE(made.ok());
    numbers = *made;
    graph.add_output(numbers, "numbers");
  }
  ValueId flat() {
    Reshape op;
    op.target = {Reshape::keep(0)};
    return graph.add(make_op(op), {texts}, "flat").value();
  }
};

}  // namespace

TEST_CASE("the longest text is found behind a reshape") {
  Texts net;
  net.vectorize(net.flat());
  const MeasuredInputs measured(net.graph);
  CHECK(measured.count() == 1);
  CHECK(measured.may_decide(net.graph.value(net.numbers).dims));
  CHECK_FALSE(measured.may_decide(net.graph.value(net.texts).dims));
  const std::vector<Shape> given = {{3, 1}};
  CHECK(measured.with_smallest(given) == std::vector<Shape>{{3, 1}, {1}});
  for (const std::string_view text : {"one", "a b c d", ""}) {
    const Tensor x = Tensor::of_strings({2, 1}, std::vector<std::string_view>{"a", text});
    const TensorView view = x.view();
    const auto outputs =
        measured.run({&view, 1}, [&](std::span<const TensorView> all) { return interpret(net.graph, all); });
    REQUIRE(outputs.ok());
    CHECK((*outputs)[0].dims() == Shape{2, text.size() == 7 ? 4 : 1});
  }
}

TEST_CASE("an input that something else reads, or that is given out, is the caller's") {
  Texts given_out;
  given_out.vectorize(given_out.flat());
  given_out.graph.add_output(given_out.words, "words");
  CHECK(MeasuredInputs(given_out.graph).count() == 0);
  Texts unread;
  CHECK(MeasuredInputs(unread.graph).count() == 0);
}

TEST_CASE("a graph without texts has nothing to measure") {
  Graph graph;
  graph.add_input("x", DType::f32, {Dim(2)});
  const MeasuredInputs measured(graph);
  CHECK(measured.count() == 0);
  const TensorView x{nullptr, DType::f32, {}};
  CHECK(measured.run({&x, 1}, [](std::span<const TensorView> all) { return all.size(); }) == 1);
}
