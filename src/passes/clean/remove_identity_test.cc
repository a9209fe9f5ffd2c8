// Removing what changes nothing.
#include "ops/elementwise/cast.h"
#include "ops/elementwise/unary.h"
#include "ops/movement/broadcast.h"
#include "ops/movement/concat.h"
#include "ops/movement/pad.h"
#include "ops/movement/reshape.h"
#include "ops/movement/slice.h"
#include "ops/movement/tile.h"
#include "ops/movement/transpose.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

// An operator with one of its attributes set.
template <class T, class Attribute>
T with(Attribute T::*attribute, Attribute value) {
  T op;
  op.*attribute = std::move(value);
  return op;
}

using Numbers = std::vector<std::int64_t>;

Slice slice_of_axis_1(std::int64_t start, std::int64_t step) {
  Slice slice;
  slice.axes = {1};
  slice.starts = {start};
  slice.stops = {Slice::kEnd};
  slice.steps = {step};
  return slice;
}

// Whether `op` on x of these sizes, between two functions, is removed.
template <class T>
bool removes(T op, Dims dims) {
  Net net;
  Unary relu;
  relu.function.kind = UnaryKind::relu;
  for (Dim& dim : dims)
    if (!dim.known()) dim = net.graph.symbol("batch");
  net.output(net.add(relu, {net.add(op, {net.add(relu, {net.input(dims)})})}));
  return run_pass(net.graph, "remove_identity") == 1;
}

TEST_CASE("identities of every kind go") {
  const Dims dims = {Dim::symbol(1), 3, 4};
  CHECK(removes(Unary{}, dims));
  CHECK(removes(Cast{}, dims));
  CHECK(removes(with(&Reshape::target, Numbers{Reshape::keep(0), 3, 4}), dims));
  CHECK(removes(with(&Transpose::order, Numbers{0, 1, 2}), dims));
  CHECK(removes(with(&Broadcast::sizes, Numbers{3, 4}), dims));
  CHECK(removes(with(&Tile::repeats, Numbers{1, 1, 1}), dims));
  CHECK(removes(slice_of_axis_1(0, 1), dims));
  Pad pad;
  pad.before = pad.after = {0, 0, 0};
  CHECK(removes(pad, dims));
  CHECK(removes(with(&Concat::axis, std::int64_t{1}), dims));
}

TEST_CASE("what moves, repeats or reverses elements stays") {
  const Dims dims = {Dim::symbol(1), 3, 3};
  CHECK_FALSE(removes(with(&Transpose::order, Numbers{0, 2, 1}), dims));
  CHECK_FALSE(removes(with(&Tile::repeats, Numbers{1, 2, 1}), dims));
  CHECK_FALSE(removes(slice_of_axis_1(-1, -1), dims));
  CHECK_FALSE(removes(slice_of_axis_1(1, 1), dims));
  Pad pad;
  pad.before = {0, 0, 1};
  pad.after = {0, 0, 0};
  CHECK_FALSE(removes(pad, dims));
}

TEST_CASE("an identity between an input and an output leaves both with their names") {
  Net net;
  net.output(net.add(Unary{}, {net.input({2})}));
  CHECK(run_pass(net.graph, "remove_identity") == 1);
  CHECK(net.graph.node_count() == 0);
  CHECK(net.graph.output_names()[0] == "output0");
}

}  // namespace
}  // namespace vivace
