// The operators that only move elements, against their references, for elements of every size.
#include <doctest/doctest.h>

#include "cpu/common/testing.h"
#include "ops/elementwise/cast.h"
#include "ops/elementwise/select.h"
#include "ops/indexing/fill.h"
#include "ops/indexing/gather.h"
#include "ops/indexing/one_hot.h"
#include "ops/indexing/reverse.h"
#include "ops/movement/broadcast.h"
#include "ops/movement/concat.h"
#include "ops/movement/pad.h"
#include "ops/movement/slice.h"
#include "ops/movement/split.h"
#include "ops/movement/tile.h"
#include "ops/movement/transpose.h"
#include "ops/spatial/depth_to_space.h"

namespace vivace::cpu {
namespace {

using testing::check_emitter;
using testing::Input;
using testing::random_tensor;

constexpr DType kSizes[] = {DType::u8, DType::i16, DType::f32, DType::i64, DType::string};
constexpr std::span kNumbers = std::span(kSizes).first(4);

// The operator on one tensor of each element size.
template <class T>
void check_moves(const T& op, const Shape& dims, std::span<const DType> dtypes = kSizes) {
  for (const DType dtype : dtypes) {
    std::vector<Input> inputs(1);
    inputs[0].tensor = random_tensor(dtype, dims, 1, 0, 100);
    check_emitter(make_op(T(op)), inputs, 0);
  }
}

std::vector<Input> pair_of_inputs(Tensor a, Tensor b) {
  std::vector<Input> inputs(2);
  inputs[0].tensor = std::move(a);
  inputs[1].tensor = std::move(b);
  return inputs;
}

}  // namespace

TEST_CASE("transpose: every order of axes, long and short ones") {
  for (const std::vector<std::int64_t>& order : std::vector<std::vector<std::int64_t>>{
           {0, 1, 2, 3}, {0, 3, 1, 2}, {0, 2, 3, 1}, {3, 2, 1, 0}, {0, 2, 1, 3}, {1, 0, 2, 3}}) {
    Transpose op;
    op.order = order;
    check_moves(op, {2, 5, 7, 3});
    check_moves(op, {1, 33, 70, 19});
    check_moves(op, {2, 0, 3, 1});
  }
}

TEST_CASE("slice and reverse: steps forwards and backwards") {
  Slice op;
  op.axes = {0, 1, 2};
  op.starts = {1, -1, 0};
  op.stops = {Slice::kEnd, Slice::kEnd, 11};
  op.steps = {1, -2, 3};
  check_moves(op, {3, 9, 13});
  Slice columns;
  columns.axes = {1};
  columns.starts = {100};
  columns.stops = {5000};
  columns.steps = {1};
  check_moves(columns, {3, 9000});
  Slice nothing;
  nothing.axes = {0};
  nothing.starts = {3};
  nothing.stops = {2};
  nothing.steps = {1};
  check_moves(nothing, {5, 2});
  Reverse reverse;
  reverse.axes = {0, 2};
  check_moves(reverse, {3, 4, 37});
}

TEST_CASE("broadcast and tile: repeats of whole tensors and of single elements") {
  Broadcast broadcast;
  broadcast.sizes = {2, 5, -1, 7};
  check_moves(broadcast, {5, 3, 1});
  for (const bool interleave : {false, true}) {
    Tile tile;
    tile.repeats = {2, 3, 1};
    tile.interleave = interleave;
    check_moves(tile, {3, 4, 5});
    tile.repeats = {1, 1, 4};
    check_moves(tile, {3, 4, 5});
  }
}

TEST_CASE("concat and split: along every axis") {
  for (const std::int64_t axis : {0, 1, 2})
    for (const DType dtype : kSizes) {
      Concat concat;
      concat.axis = axis;
      std::vector<Input> inputs(3);
      for (std::size_t i = 0; i < 3; ++i) {
        Shape dims = {3, 4, 65};
        dims[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(i) * 5;
        inputs[i].tensor = random_tensor(dtype, dims, static_cast<unsigned>(i), 0, 100);
      }
      check_emitter(make_op(std::move(concat)), inputs, 0);
    }
  for (const std::int64_t axis : {0, 1, 2}) {
    Split split;
    split.axis = axis;
    split.sizes = {1, 0, 5};
    check_moves(split, {6, 6, 6});
  }
}

TEST_CASE("pad: every mode, and fill") {
  for (const auto mode : {Pad::Mode::constant, Pad::Mode::reflect, Pad::Mode::symmetric, Pad::Mode::edge}) {
    Pad op;
    op.mode = mode;
    op.before = {0, 1, 3, 0};
    op.after = {0, 2, 0, 0};
    op.value = 7;
    check_moves(op, {2, 4, 5, 3}, kNumbers);
    op.before = {0, 1, 3, 2};
    check_moves(op, {2, 4, 5, 3}, kNumbers);
  }
  Fill fill;
  fill.target = {3, 50};
  fill.value = 2.5;
  check_moves(fill, {2}, kNumbers);
}

TEST_CASE("depth to space and back") {
  DepthToSpace op;
  op.block = 2;
  check_moves(op, {2, 3, 5, 12}, kNumbers);
  op.inverse = true;
  check_moves(op, {2, 6, 4, 5}, kNumbers);
}

TEST_CASE("gather: rows along any axis; an index outside is a fault") {
  for (const std::int64_t axis : {0, 1, 2}) {
    Gather op;
    op.axis = axis;
    op.wrap_negative = true;
    check_emitter(
        make_op(std::move(op)),
        pair_of_inputs(random_tensor(DType::f32, {7, 6, 7}, 1), random_tensor(DType::i32, {5, 3}, 2, -6, 5)),
        0);
  }
  const auto inputs =
      pair_of_inputs(random_tensor(DType::f32, {7, 6}, 1), random_tensor(DType::i64, {5}, 2, 7, 9));
  testing::NodeRun node(make_op(Gather()), inputs, kernels::Isa::baseline);
  (void)node.run(inputs, 1);
  CHECK(node.fault() == Fault::index_out_of_range);
}

TEST_CASE("one_hot: rows of one at any axis, none for numbers outside") {
  for (const std::int64_t axis : {0, 1, 2})
    for (const DType result : {DType::f32, DType::boolean, DType::i64}) {
      OneHot op;
      op.axis = axis;
      op.depth = 5;
      op.result = result;
      std::vector<Input> inputs(1);
      inputs[0].tensor = random_tensor(DType::i32, {4, 30}, 1, -1, 6);
      check_emitter(make_op(std::move(op)), inputs, 0);
    }
}

TEST_CASE("cast: every pair of types") {
  constexpr int kNumbers = static_cast<int>(DType::string);
  for (int from = 0; from < kNumbers; ++from)
    for (int to = 0; to < kNumbers; ++to) {
      Cast op;
      op.to = static_cast<DType>(to);
      std::vector<Input> inputs(1);
      inputs[0].tensor = random_tensor(static_cast<DType>(from), {3, 41}, 1, 0, 100);
      check_emitter(make_op(std::move(op)), inputs, 0);
    }
}

TEST_CASE("select: one of two, broadcast together") {
  for (const Shape& condition : {Shape{3, 5, 7}, Shape{5, 1}, Shape{7}, Shape{}})
    for (const DType dtype : kSizes) {
      std::vector<Input> inputs = pair_of_inputs(random_tensor(DType::boolean, condition, 1),
                                                 random_tensor(dtype, {3, 5, 7}, 2, 0, 9));
      inputs.push_back({random_tensor(dtype, {3, 1, 7}, 3, 0, 9)});
      check_emitter(make_op(Select()), inputs, 0);
    }
}

}  // namespace vivace::cpu
