// Transposes moved down through what does not care.
#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/movement/concat.h"
#include "ops/movement/pad.h"
#include "ops/movement/transpose.h"
#include "ops/normalize/batch_norm.h"
#include "ops/normalize/norm.h"
#include "ops/normalize/scale_shift.h"
#include "ops/normalize/softmax.h"
#include "ops/reduce/reduce.h"
#include "support/passes.h"

namespace vivace {
namespace {

using testing::Net;
using testing::ops_of;
using testing::run_pass;

ValueId channels_first(Net& net, Dims dims) {
  Transpose transpose;
  transpose.order = {0, 3, 1, 2};
  return net.add(transpose, {net.input(std::move(dims))});
}

ValueId picture(Net& net) { return channels_first(net, {net.graph.symbol("batch"), 4, 5, 3}); }

template <class T>
void check_sinks(Net& net, const T& op, std::vector<ValueId> inputs, const char* want) {
  net.output(net.add(op, std::move(inputs), "layer"));
  CHECK(run_pass(net.graph, "sink_transposes") == 1);
  CHECK(ops_of(net.graph) == want);
  CHECK(net.graph.node(NodeId{0}).name == "layer");
}

TEST_CASE("a transpose sinks through functions of each element, pads, norms and softmax") {
  {
    Net net;
    Unary relu;
    relu.function.kind = UnaryKind::relu;
    check_sinks(net, relu, {picture(net)}, "unary transpose");
  }
  {
    Net net;
    Pad pad;
    pad.before = {0, 0, 1, 2};
    pad.after = {0, 3, 0, 1};
    check_sinks(net, pad, {picture(net)}, "pad transpose");
  }
  {
    Net net;
    BatchNorm norm;
    norm.axis = 1;
    check_sinks(net, norm, {picture(net), net.weights({3}), net.weights({3}, 0.1, 2)},
                "batch_norm transpose");
  }
  {
    Net net;
    Norm norm;
    norm.axes = {1};
    check_sinks(net, norm, {picture(net), net.weights({3}), net.weights({3})}, "norm transpose");
  }
  {
    Net net;
    Softmax softmax;
    softmax.axes = {1, 3};
    check_sinks(net, softmax, {picture(net)}, "softmax transpose");
  }
}

TEST_CASE("a reduction takes the transpose's axes, and what is left of it") {
  Reduce reduce;
  reduce.axes = {2, 3};
  Net pooled;
  check_sinks(pooled, reduce, {picture(pooled)}, "reduce");
  reduce.keep_dims = true;
  Net kept;
  check_sinks(kept, reduce, {picture(kept)}, "reduce transpose");
  reduce.keep_dims = false;
  reduce.axes = {0};
  Net batch;
  check_sinks(batch, reduce, {picture(batch)}, "reduce transpose");
}

TEST_CASE("two transposed tensors meet before one transpose; constants are turned back") {
  Net net;
  check_sinks(net, Binary{}, {picture(net), channels_first(net, {1, 4, 5, 3})}, "binary transpose");
  for (const Shape& dims : {Shape{}, Shape{3, 1, 1}, Shape{5}, Shape{1, 3, 4, 5}}) {
    Net with;
    check_sinks(with, Binary{}, {with.weights(dims), picture(with)}, "binary transpose");
  }
  Net joined;
  Concat concat;
  concat.axis = 1;
  check_sinks(joined, concat, {picture(joined), picture(joined)}, "concat transpose");
}

TEST_CASE("tensors in another order, channels of the last axis and shared transposes stay") {
  Net net;
  net.output(net.add(Binary{}, {channels_first(net, {2, 4, 5, 3}), net.input({2, 3, 4, 5})}));
  net.output(net.add(ScaleShift{}, {picture(net), net.weights({5}), net.weights({5})}));
  const ValueId shared = picture(net);
  Unary relu;
  relu.function.kind = UnaryKind::relu;
  net.output(net.add(relu, {shared}));
  net.output(shared);
  net.output(net.add(Binary{}, {net.weights({2, 1, 3, 4, 5}), picture(net)}));
  CHECK(run_pass(net.graph, "sink_transposes") == 0);
}

}  // namespace
}  // namespace vivace
