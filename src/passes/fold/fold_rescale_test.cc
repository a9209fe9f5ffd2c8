// Arithmetic with constants as scales and shifts.
#include "ops/elementwise/binary.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

Binary binary(Binary::Kind kind, UnaryKind end = UnaryKind::identity) {
  Binary op;
  op.kind = kind;
  op.activation.kind = end;
  return op;
}

TEST_CASE("sums, differences, products and quotients with a constant become scales and shifts") {
  for (const auto kind :
       {Binary::Kind::add, Binary::Kind::subtract, Binary::Kind::multiply, Binary::Kind::divide})
    for (const Shape& dims : {Shape{}, Shape{1}, Shape{4}, Shape{1, 1, 4}})
      for (const bool x_left : {true, false}) {
        Net net;
        const ValueId x = net.input({net.graph.symbol("batch"), 3, 4}), c = net.weights(dims, 0.5, 2);
        std::vector<ValueId> inputs = {x, c};
        if (!x_left) std::swap(inputs[0], inputs[1]);
        net.output(net.add(binary(kind, UnaryKind::tanh), inputs));
        CHECK(run_pass(net.graph, "fold_rescale") == (kind == Binary::Kind::divide && !x_left ? 0 : 1));
      }
}

TEST_CASE("other functions, other axes, wider results, integers and two inputs stay") {
  Net net;
  const ValueId x = net.input({2, 3, 4});
  net.output(net.add(binary(Binary::Kind::maximum), {x, net.weights({4})}));
  net.output(net.add(binary(Binary::Kind::add), {x, net.weights({3, 1})}));
  net.output(net.add(binary(Binary::Kind::add), {net.input({4}), net.weights({1, 4})}));
  net.output(net.add(binary(Binary::Kind::add), {net.input({1}), net.weights({4})}));
  net.output(net.add(binary(Binary::Kind::add), {x, x}));
  net.output(net.add(binary(Binary::Kind::less), {x, net.weights({4})}));
  net.output(net.add(binary(Binary::Kind::add),
                     {net.input({4}, DType::i32), net.graph.add_constant(Tensor(DType::i32, {4}))}));
  CHECK(run_pass(net.graph, "fold_rescale") == 0);
}

TEST_CASE("a product keeps the sign of a zero") {
  Net net;
  net.output(net.add(binary(Binary::Kind::multiply), {net.input({1}), net.numbers({1}, {3})}));
  REQUIRE(run_pass(net.graph, "fold_rescale") == 1);
  std::vector<Tensor> inputs(1, Tensor(DType::f32, {1}));
  inputs[0].as<float>()[0] = -0.0f;
  CHECK(std::signbit((*testing::evaluate(net.graph, inputs))[0].as<float>()[0]));
}

}  // namespace
}  // namespace vivace
