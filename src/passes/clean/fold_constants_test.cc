// Computing at once what depends on no input.
#include "ops/elementwise/binary.h"
#include "ops/indexing/fill.h"
#include "ops/indexing/shape_of.h"
#include "ops/movement/split.h"
#include "ops/movement/tile.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

TEST_CASE("operators of constants become constants, one after another") {
  Net net;
  const ValueId x = net.input({4});
  const ValueId sum = net.add(Binary{}, {net.weights({4}), net.weights({4})});
  const ValueId twice = net.add(Binary{}, {sum, sum});
  net.output(net.add(Binary{}, {x, twice}));
  CHECK(run_pass(net.graph, "fold_constants") == 2);
  CHECK(ops_of(net.graph) == "binary");
}

TEST_CASE("all outputs of an operator fold, and an output of the graph may become a constant") {
  Net net;
  Split split;
  split.parts = 2;
  const auto halves = net.graph.add_node(make_op(split), {net.weights({4})}, "split").value();
  net.output(halves[0]);
  net.output(net.add(Binary{}, {halves[1], net.input({2})}));
  CHECK(run_pass(net.graph, "fold_constants") == 1);
  CHECK(ops_of(net.graph) == "binary");
  CHECK(net.graph.constant(net.graph.outputs()[0]) != nullptr);
}

TEST_CASE("the sizes of an input of known sizes are a constant; of unknown sizes they are not") {
  Net net;
  net.output(net.add(ShapeOf{}, {net.input({2, 3})}));
  CHECK(run_pass(net.graph, "fold_constants") == 1);
  CHECK(net.graph.node_count() == 0);
  Net open;
  open.output(open.add(ShapeOf{}, {open.input({open.graph.symbol("batch"), 3})}));
  CHECK(run_pass(open.graph, "fold_constants") == 0);
}

TEST_CASE("what would swell far beyond its input stays an operator") {
  Net net;
  Tile tile;
  tile.repeats = {1 << 20};
  net.output(net.add(tile, {net.weights({4})}));
  CHECK(run_pass(net.graph, "fold_constants") == 0);
}

TEST_CASE("an operator that fails on its constants stays, and fails when it is run") {
  Net net;
  Binary divide;
  divide.kind = Binary::Kind::floor_divide;
  const ValueId zeros = net.graph.add_constant(Tensor(DType::i32, {2}));
  net.output(net.add(divide, {zeros, zeros}));
  CHECK(run_pass(net.graph, "fold_constants") == 0);
}

}  // namespace
}  // namespace vivace
