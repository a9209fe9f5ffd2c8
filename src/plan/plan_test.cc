// What a plan promises: steps in order, no memory more than needed, outputs written where the caller wants
// them.
#include "plan/plan.h"

#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/indexing/shape_of.h"
#include "ops/linear/mat_mul.h"
#include "ops/movement/reshape.h"
#include "plan/testing.h"
#include "support/differential.h"

using namespace vivace;
using vivace::testing::Net;

namespace {

const NumericOptions kNumerics;
constexpr std::int64_t kTooMany = std::int64_t{1} << 62;

struct Planned {
  WeightPool pool;
  testing::ReferenceTarget target;
  Result<std::shared_ptr<const Plan>> plan;

  Planned(const Graph& graph, const std::vector<Shape>& shapes)
      : plan(make_plan(graph, shapes, target, kNumerics, pool)) {
    if (!plan.ok()) MESSAGE(to_text(plan.error()));
  }
  const Plan& operator*() const { return **plan; }
};

// The plan gives what the operators give one by one.
void check_numbers(const Graph& graph, std::int64_t unknown) {
  const std::vector<Tensor> inputs = testing::random_inputs(graph, 1, unknown);
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) shapes.push_back(input.dims());
  const Planned planned(graph, shapes);
  REQUIRE(planned.plan.ok());
  const auto want = testing::evaluate(graph, inputs);
  REQUIRE(want.ok());
  const std::vector<Tensor> have = testing::run(*planned, inputs);
  REQUIRE(have.size() == want->size());
  for (std::size_t i = 0; i < have.size(); ++i) CHECK(testing::distance(have[i], (*want)[i]) == 0);
}

Unary unary(UnaryKind kind) {
  Unary op;
  op.function.kind = kind;
  return op;
}

Reshape reshape(std::vector<std::int64_t> target) {
  Reshape op;
  op.target = std::move(target);
  return op;
}

// x -> mat_mul -> relu -> reshape -> sigmoid
Net small_net() {
  Net net;
  const Dim batch = net.graph.symbol("batch");
  const ValueId x = net.input({batch, 4});
  const ValueId y = net.add(MatMul(), {x, net.weights({4, 6})}, "dense");
  const ValueId z = net.add(unary(UnaryKind::relu), {y}, "relu");
  const ValueId r = net.add(reshape({-1, 2, 3}), {z}, "shape");
  net.output(net.add(unary(UnaryKind::sigmoid), {r}, "squash"));
  return net;
}

Error error_of(const Graph& graph, const std::vector<Shape>& shapes) {
  WeightPool pool;
  const testing::ReferenceTarget target;
  auto plan = make_plan(graph, shapes, target, kNumerics, pool);
  REQUIRE_FALSE(plan.ok());
  return std::move(plan).error();
}

}  // namespace

TEST_CASE("a plan lists its steps in running order, a reshape being none") {
  const Net net = small_net();
  const Planned planned(net.graph, {{5, 4}});
  REQUIRE(planned.plan.ok());
  CHECK(to_text(*planned, net.graph) ==
        "arena 128 bytes, workspace 0 bytes a worker\n"
        "dense [mat_mul] reference x1\n"
        "relu [unary] reference x1\n"
        "squash [unary] reference x1\n");
  check_numbers(net.graph, 5);
}

TEST_CASE("an element-wise step takes over the memory of an input that dies in it") {
  Net net;
  ValueId x = net.input({net.graph.symbol("n"), 100});
  for (int i = 0; i < 6; ++i) x = net.add(unary(UnaryKind::tanh), {x});
  net.output(x);
  const Planned planned(net.graph, {{3, 100}});
  REQUIRE(planned.plan.ok());
  CHECK((*planned).arena_bytes == 1216);  // one buffer of 3 x 100 floats, whatever the depth
  check_numbers(net.graph, 3);
}

TEST_CASE("no step works in place while another of its operands shares that memory") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("n"), 4});
  const ValueId y = net.add(unary(UnaryKind::tanh), {x});
  const ValueId turned = net.add(reshape({-1, 4}), {y});
  const ValueId sum = net.add(Binary(), {y, turned});
  net.output(net.add(unary(UnaryKind::relu), {sum}));
  const Planned planned(net.graph, {{16, 4}});
  REQUIRE(planned.plan.ok());
  CHECK((*planned).arena_bytes == 512);
  check_numbers(net.graph, 16);
}

TEST_CASE("outputs are written where the caller wants them; only what no step makes is copied") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("n"), 2});
  const ValueId y = net.add(unary(UnaryKind::relu), {x}, "relu");
  net.output(y);                                             // written in place
  net.output(y);                                             // the same again
  net.output(x);                                             // an input handed through
  net.output(net.numbers({3}, {1, 2, 3}));                   // a constant
  net.output(net.add(reshape({2, -1}), {y}, "turned"));      // a view of the first
  net.output(net.add(reshape({1, -1, 2}), {x}, "turned2"));  // a view of the input
  const Planned planned(net.graph, {{3, 2}});
  REQUIRE(planned.plan.ok());
  CHECK(to_text(*planned, net.graph) ==
        "arena 0 bytes, workspace 0 bytes a worker\n"
        "relu [unary] reference x1\n"
        "output [copy] copy x1\n"
        "output [copy] copy x1\n"
        "output [copy] copy x1\n"
        "output [copy] copy x1\n"
        "output [copy] copy x1\n");
  check_numbers(net.graph, 3);
  check_numbers(net.graph, 0);
}

TEST_CASE("an output that later steps read again is not overwritten") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("n"), 8});
  const ValueId y = net.add(unary(UnaryKind::tanh), {x});
  const ValueId z = net.add(unary(UnaryKind::negate), {y});
  net.output(y);
  net.output(z);
  check_numbers(net.graph, 4);
}

TEST_CASE("arithmetic on sizes is done while planning, so it leaves no step") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), net.graph.symbol("time"), 3});
  const ValueId sizes = net.add(ShapeOf(), {x}, "sizes");
  Binary twice;
  twice.kind = Binary::Kind::add;
  const ValueId doubled = net.add(twice, {sizes, sizes}, "doubled");
  net.output(doubled);
  net.output(net.add(unary(UnaryKind::relu), {x}, "relu"));
  const Planned planned(net.graph, {{2, 7, 3}});
  REQUIRE(planned.plan.ok());
  CHECK(to_text(*planned, net.graph) ==
        "arena 0 bytes, workspace 0 bytes a worker\n"
        "relu [unary] reference x1\n"
        "output [copy] copy x1\n");
  Tensor input(DType::f32, {2, 7, 3});
  const std::vector<Tensor> outputs = testing::run(*planned, std::span(&input, 1));
  CHECK(outputs[0].as<std::int32_t>()[0] == 4);
  CHECK(outputs[0].as<std::int32_t>()[1] == 14);
  CHECK(outputs[0].as<std::int32_t>()[2] == 6);
}

TEST_CASE("shapes that do not fit are refused with both shapes and the reason") {
  Net net;
  const Dim batch = net.graph.symbol("batch");
  const ValueId a = net.input({batch, 4}), b = net.input({batch, 4});
  net.output(net.add(Binary(), {a, b}));
  const std::string fix =
      "\n  fix  reshape or resize the input; `vivace inspect MODEL` lists what each input wants";
  CHECK(to_text(error_of(net.graph, {{2, 5}, {2, 4}})) ==
        "error[predict.shape]: input \"input0\" has shape [2,5], the model wants [batch,4]\n"
        "  why  axis 1 differs" +
            fix);
  CHECK(to_text(error_of(net.graph, {{2, 4, 1}, {2, 4}})) ==
        "error[predict.shape]: input \"input0\" has shape [2,4,1], the model wants [batch,4]\n"
        "  why  it has 3 axes instead of 2" +
            fix);
  CHECK(to_text(error_of(net.graph, {{2, 4}, {3, 4}})) ==
        "error[predict.shape]: input \"input1\" has shape [3,4], the model wants [batch,4]\n"
        "  why  batch is 2 in one input and 3 in another" +
            fix);
  CHECK(to_text(error_of(net.graph, {{-1, 4}, {3, 4}})) ==
        "error[predict.shape]: input \"input0\" has shape [-1,4], the model wants [batch,4]\n"
        "  why  axis 0 is negative" +
            fix);
  CHECK(
      to_text(error_of(net.graph, {{kTooMany, 4}, {kTooMany, 4}})) ==
      "error[predict.shape]: input \"input0\" has shape [4611686018427387904,4], the model wants [batch,4]\n"
      "  why  it has too many elements" +
          fix);
  CHECK(to_text(error_of(net.graph, {{2, 4}})) ==
        "error[predict.inputs]: 1 inputs were given, the model has 2\n"
        "  fix  `vivace inspect MODEL` lists the inputs in order");
}

TEST_CASE("a size that the inputs do not determine, or that no memory has, is refused by name") {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 4}), y = net.input({4, net.graph.symbol("width")});
  net.output(net.add(MatMul(), {x, y}, "product"));
  CHECK(to_text(error_of(net.graph, {{std::int64_t{1} << 23, 4}, {4, std::int64_t{1} << 23}})) ==
        "error[plan.unknown-size]: output 0 of \"product\" has no usable size: [8388608,8388608]\n"
        "  why  the input sizes do not determine it, or it is larger than memory can be");
}

TEST_CASE("packed weights of a wrong size are packed anew, those of the right size are believed") {
  Net net = small_net();
  const ValueId weights{1};
  REQUIRE(net.graph.constant(weights) != nullptr);
  const testing::ReferenceTarget target;
  const std::vector<Tensor> inputs = testing::random_inputs(net.graph, 1, 2);
  const auto want = testing::evaluate(net.graph, inputs);
  for (const std::size_t size : {0, 4, 95, 97, 1000}) {
    WeightPool pool;
    const auto lies = std::make_shared<const AlignedBuffer>(size);
    pool.add({weights, "turned"}, lies->span(), lies);
    const auto plan = make_plan(net.graph, std::vector<Shape>{{2, 4}}, target, kNumerics, pool);
    REQUIRE(plan.ok());
    CHECK(testing::distance(testing::run(**plan, inputs)[0], (*want)[0]) == 0);
    CHECK(pool.entries().at({weights, "turned"}).bytes.size() == 96);
  }
}

TEST_CASE("several threads pack weights as one does") {
  Net net;
  const ValueId a = net.weights({512, 512}), b = net.weights({512, 512}), x = net.input({2, 512});
  const ValueId y = net.add(MatMul(), {net.add(MatMul(), {x, a}, "first"), b}, "second");
  net.output(net.add(MatMul(), {y, a}, "first_again"));
  const std::vector<Tensor> inputs = testing::random_inputs(net.graph, 1, 2);
  const auto want = testing::evaluate(net.graph, inputs);
  const testing::ReferenceTarget target;
  WeightPool alone, together;
  const std::vector<Shape> shapes = {{2, 512}};
  REQUIRE(make_plan(net.graph, shapes, target, kNumerics, alone, 1).ok());
  const auto plan = make_plan(net.graph, shapes, target, kNumerics, together, 4);
  REQUIRE(plan.ok());
  CHECK(testing::distance(testing::run(**plan, inputs)[0], (*want)[0]) == 0);
  const auto one = alone.entries(), many = together.entries();
  REQUIRE(many.size() == 2);
  for (const auto& [key, entry] : many) {
    const Bytes same = one.at(key).bytes;
    CHECK(std::equal(entry.bytes.begin(), entry.bytes.end(), same.begin(), same.end()));
  }
}
