// Loops and choices: random bodies, nested, give the same bits step by step, planned, prepared, and on any
// number of threads; what does not end is one error.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "base/file.h"
#include "cpu/cpu_target.h"
#include "ops/control/if.h"
#include "ops/control/while.h"
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/indexing/gather.h"
#include "ops/indexing/scatter_nd.h"
#include "ops/linear/mat_mul.h"
#include "ops/movement/reshape.h"
#include "passes/pass.h"
#include "plan/viv.h"
#include "runtime/interpreter.h"
#include "runtime/session.h"
#include "support/allocations.h"
#include "support/loops.h"
#include "support/temp_folder.h"

namespace vivace {
namespace {

using testing::always;
using testing::body_of;
using testing::kColumns;
using testing::kRows;
using testing::loop_of;
using testing::negated;
using testing::Net;
using testing::pair;
using testing::Random;

Tensor integer(std::int32_t value) {
  Tensor tensor(DType::i32, {});
  tensor.as<std::int32_t>()[0] = value;
  return tensor;
}

// The condition "turn < limit" over the inputs turn, limit, a, b.
GraphPtr turns_left() {
  Net net;
  const ValueId turn = net.input({}, DType::i32), limit = net.input({}, DType::i32);
  net.input({kRows, kColumns}), net.input({kRows, kColumns});
  net.output(net.add(pair(Binary::Kind::less), {turn, limit}));
  return body_of(std::move(net));
}

// Graphs of random operators over pictures [kRows, kColumns] whose results do not depend on how they are
// rounded in between.
class RandomBodies {
 public:
  explicit RandomBodies(unsigned seed) : random_(seed) {}

  Graph graph() {
    Net net;
    const ValueId limit = net.input({}, DType::i32);
    const ValueId a = net.input({kRows, kColumns}), b = net.input({kRows, kColumns});
    std::vector<ValueId> values = {a, b};
    values.push_back(loop(net, limit, values, 2));
    grow(net, limit, values, 2);
    for (std::size_t i = 2; i < values.size(); ++i)
      if (net.graph.uses(values[i]) == 0 || i == 2) net.output(values[i]);
    return std::move(net.graph);
  }

 private:
  ValueId any(const std::vector<ValueId>& values) {
    return values[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(values.size())))];
  }

  // What a loop's body makes of turn, limit, a, b: the next turn, a and b.
  GraphPtr turn_of(int depth) {
    Net net;
    const ValueId turn = net.input({}, DType::i32), limit = net.input({}, DType::i32);
    std::vector<ValueId> values = {net.input({kRows, kColumns}), net.input({kRows, kColumns})};
    grow(net, limit, values, depth - 1);
    values.push_back(put_row(net, turn, any(values), any(values)));
    net.output(net.add(pair(Binary::Kind::add), {turn, net.graph.add_constant(integer(1))}));
    net.output(values.back());
    net.output(any(values));
    return body_of(std::move(net));
  }

  ValueId loop(Net& net, ValueId limit, const std::vector<ValueId>& values, int depth) {
    While op;
    op.graphs = {turns_left(), turn_of(depth)};
    op.carries = {0, 2, 3};
    const ValueId start = net.graph.add_constant(integer(static_cast<std::int32_t>(random_.below(3)) - 1));
    const auto made =
        net.graph.add_node(make_op(op), {start, limit, any(values), any(values)}, text("loop{}", net.made++));
    return (*made)[static_cast<std::size_t>(1 + random_.below(2))];
  }

  ValueId choose(Net& net, ValueId limit, const std::vector<ValueId>& values, int depth) {
    const auto branch = [&] {
      Net inner;
      const ValueId bound = inner.input({}, DType::i32);
      std::vector<ValueId> own = {inner.input({kRows, kColumns}), inner.input({kRows, kColumns})};
      grow(inner, bound, own, depth - 1);
      inner.output(any(own));
      return body_of(std::move(inner));
    };
    If op;
    op.graphs = {branch(), branch()};
    const ValueId bound = net.graph.add_constant(integer(static_cast<std::int32_t>(random_.below(4))));
    const ValueId condition = net.add(pair(Binary::Kind::less), {bound, limit});
    return net.add(op, {condition, limit, any(values), any(values)});
  }

  // `into` with the row that the turn names replaced by one of `from`.
  ValueId put_row(Net& net, ValueId turn, ValueId into, ValueId from) {
    Reshape flat;
    flat.target = {1};
    Reshape deep;
    deep.target = {1, 1};
    const ValueId top = net.graph.add_constant(integer(kRows - 1)), none = net.graph.add_constant(integer(0));
    const ValueId low = net.add(pair(Binary::Kind::maximum), {turn, none});
    const ValueId place = net.add(pair(Binary::Kind::minimum), {low, top});
    const ValueId row = net.add(Gather(), {from, net.add(flat, {place})});
    return net.add(ScatterNd(), {into, net.add(deep, {place}), row});
  }

  void grow(Net& net, ValueId limit, std::vector<ValueId>& values, int depth) {
    for (std::int64_t left = 1 + random_.below(4); left > 0; --left)
      values.push_back(next(net, limit, values, depth));
  }

  ValueId next(Net& net, ValueId limit, const std::vector<ValueId>& values, int depth) {
    constexpr Binary::Kind kKinds[] = {Binary::Kind::add, Binary::Kind::subtract, Binary::Kind::maximum,
                                       Binary::Kind::minimum};
    switch (random_.below(depth > 0 ? 8 : 5)) {
      case 0: {
        Unary op;
        op.function.kind = random_.below(2) != 0 ? UnaryKind::relu : UnaryKind::negate;
        return net.add(op, {any(values)});
      }
      case 1: {  // whole numbers of a small range: products are exact
        Tensor turned(DType::f32, {kColumns, kColumns});
        for (std::int64_t i = 0; i < kColumns; ++i)
          turned.as<float>()[i * kColumns + (i + 1) % kColumns] = -1;
        return net.add(MatMul(), {any(values), net.graph.add_constant(std::move(turned))});
      }
      case 5:
        return loop(net, limit, values, depth);
      case 6:
      case 7:
        return choose(net, limit, values, depth);
      default:
        return net.add(pair(kKinds[random_.below(4)]), {any(values), any(values)});
    }
  }

  Random random_;
};

std::vector<TensorView> views_of(const std::vector<Tensor>& tensors) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

bool same_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  bool same = a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i)
    same = a[i].dims() == b[i].dims() && std::memcmp(a[i].data(), b[i].data(), a[i].bytes()) == 0;
  return same;
}

// A planned run with this many threads; twice, so that what a run leaves behind is seen.
Result<std::vector<Tensor>> planned(const Graph& graph, const std::vector<Tensor>& inputs, int threads,
                                    WeightPool& pool) {
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) shapes.push_back(input.dims());
  const auto target = cpu::make_cpu_target(cpu::best_set(machine::read_cpu_features()));
  const NumericOptions numerics;
  VIVACE_TRY(const auto plan, make_plan(graph, shapes, *target, numerics, pool));
  Session session(plan, threads);
  Team team(threads, false);
  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < plan->output_shapes.size(); ++i)
    outputs.emplace_back(plan->output_dtypes[i], plan->output_shapes[i]);
  std::vector<MutableTensorView> written;
  for (Tensor& output : outputs) written.push_back(output.view());
  const std::vector<TensorView> read = views_of(inputs);
  VIVACE_CHECK_OK(session.run(team, graph, read, written));
  const std::size_t before = test::allocations();
  VIVACE_CHECK_OK(session.run(team, graph, read, written));
  CHECK(test::allocations() == before);
  return outputs;
}

// Whole numbers, so that sums are exact.
std::vector<Tensor> inputs_for(std::int32_t limit, unsigned seed) {
  Random random(seed);
  std::vector<Tensor> inputs;
  inputs.push_back(integer(limit));
  for (int i = 0; i < 2; ++i) {
    inputs.push_back(random.tensor(DType::f32, {kRows, kColumns}, -9, 9));
    for (std::int64_t k = 0; k < inputs.back().count(); ++k)
      inputs.back().as<float>()[k] = std::round(inputs.back().as<float>()[k]);
  }
  return inputs;
}

Result<Graph> reread(const Graph& graph, const WeightPool& pool, WeightPool& into,
                     const test::TempFolder& folder) {
  std::string bytes;
  VIVACE_CHECK_OK(write_viv({graph, "key", "notes"}, pool, [&](Bytes piece) {
    bytes += as_text(piece);
    return Status();
  }));
  VIVACE_TRY(const auto file, File::open(folder.write("m.viv", bytes)));
  VIVACE_TRY(Viv viv, read_viv(file, into));
  return std::move(viv.graph);
}

}  // namespace

TEST_CASE("random loops and choices, nested, give the references' bits on 1 and 2 threads, prepared too") {
  const test::TempFolder folder;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Graph graph = RandomBodies(seed).graph();
    REQUIRE(verify(graph).ok());
    Graph better = graph;
    REQUIRE(run_passes(better).ok());
    const Status sound = verify(better);
    REQUIRE_MESSAGE(sound.ok(), (sound.ok() ? "" : to_text(sound.error())));
    for (const std::int32_t limit : {0, 1, 4}) {
      CAPTURE(limit);
      const std::vector<Tensor> inputs = inputs_for(limit, seed);
      const auto want = interpret(graph, views_of(inputs));
      REQUIRE_MESSAGE(want.ok(), (want.ok() ? "" : to_text(want.error())));
      for (const Graph* const form : {&graph, &better})
        for (const int threads : {1, 2}) {
          WeightPool pool, other;
          const auto have = planned(*form, inputs, threads, pool);
          REQUIRE_MESSAGE(have.ok(), (have.ok() ? "" : to_text(have.error())));
          CHECK(same_bits(*have, *want));
          if (threads == 2 || limit != 4) continue;
          const auto again = reread(*form, pool, other, folder);
          REQUIRE_MESSAGE(again.ok(), (again.ok() ? "" : to_text(again.error())));
          CHECK(to_text(*again) == to_text(*form));
          CHECK(other.entries().size() == pool.entries().size());
          CHECK(same_bits(*planned(*again, inputs, 1, other), *want));
          CHECK(other.entries().size() == pool.entries().size());  // found, not packed again
        }
    }
  }
}

TEST_CASE("constants of bodies are owned, counted and printed with the graph's") {
  Graph graph = RandomBodies(3).graph();
  graph.own_constants();
  CHECK(verify(graph).ok());
  CHECK(constant_bytes(graph) > 0);
  CHECK(count_values(graph) > graph.value_count());
  CHECK(to_text(graph).find("  body\n") != std::string::npos);
}

TEST_CASE("a loop that does not end is an error, wherever it runs") {
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {kRows, kColumns});
  graph.add_output(graph.add(make_op(loop_of(always(), negated())), {x}, "loop").value(), "y");
  std::vector<Tensor> inputs;
  inputs.emplace_back(DType::f32, Shape{kRows, kColumns});
  WeightPool pool;
  const auto have = planned(graph, inputs, 1, pool);
  REQUIRE_FALSE(have.ok());
  CHECK(have.error().id() == "op.endless-loop");
  CHECK(have.error().at() == "node \"loop\"");
}

TEST_CASE("turns of loops within loops are counted together") {
  // Each turn of the outer loop asks for as many of the inner one as are left: a million of a million else.
  Net outer;
  const ValueId a = outer.input({kRows, kColumns});
  const ValueId inner = outer.add(loop_of(always(), negated()), {a}, "inner");
  outer.output(inner);
  Graph graph;
  const ValueId x = graph.add_input("x", DType::f32, {kRows, kColumns});
  graph.add_output(graph.add(make_op(loop_of(always(), body_of(std::move(outer)))), {x}, "outer").value(),
                   "y");
  std::vector<Tensor> inputs;
  inputs.emplace_back(DType::f32, Shape{kRows, kColumns});
  WeightPool pool;
  CHECK(planned(graph, inputs, 2, pool).error().id() == "op.endless-loop");
}

}  // namespace vivace
