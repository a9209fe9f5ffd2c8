// Shapes of moved tensors while sizes are unknown, and once they are numbers.
#include <doctest/doctest.h>

#include "ops/elementwise/binary.h"
#include "ops/elementwise/select.h"
#include "ops/movement/broadcast.h"
#include "ops/movement/concat.h"
#include "ops/movement/pad.h"
#include "ops/movement/reshape.h"
#include "ops/movement/slice.h"
#include "ops/movement/split.h"
#include "ops/movement/tile.h"
#include "ops/movement/transpose.h"
#include "ops/reduce/reduce.h"

using namespace vivace;

namespace {

const Dim kBatch = Dim::symbol(1), kTime = Dim::symbol(2);
const std::string kNames[] = {"batch", "time"};

// The first output's shape, or the error's id.
std::string shape(const Op& op, const std::vector<Dims>& inputs, DType dtype = DType::f32) {
  std::vector<Fact> facts;
  for (const Dims& dims : inputs) facts.push_back(Fact::tensor(dtype, dims));
  const auto outputs = op.infer(facts);
  return outputs.ok() ? to_text((*outputs)[0].dims, kNames) : outputs.error().id();
}

std::string reshape(std::vector<std::int64_t> target, const Dims& dims) {
  Reshape op;
  op.target = std::move(target);
  return shape(op, {dims});
}

std::string slice(std::int64_t start, std::int64_t stop, std::int64_t step, const Dim& size) {
  Slice op;
  op.axes = {1};
  op.starts = {start};
  op.stops = {stop};
  op.steps = {step};
  return shape(op, {{kBatch, size}});
}

}  // namespace

TEST_CASE("reshape carries unknown sizes through, kept or left over") {
  const std::int64_t keep0 = Reshape::keep(0), keep1 = Reshape::keep(1), rest = Reshape::kInfer;
  CHECK(reshape({keep0, rest}, {kBatch, 7, 7, 64}) == "[batch,3136]");
  CHECK(reshape({rest, 64}, {kBatch, 7, 7, 64}) == "[49*batch,64]");
  CHECK(reshape({keep0, keep1, 8, rest}, {kBatch, kTime, 64}) == "[batch,time,8,8]");
  CHECK(reshape({keep0, keep1, 64}, {kBatch, kTime, 8, 8}) == "[batch,time,64]");
  CHECK(reshape({rest, 64}, {kBatch, kTime, 64}) == "[?,64]");
  CHECK(reshape({keep0, 1, keep1}, {kBatch, kTime}) == "[batch,1,time]");
  CHECK(reshape({keep1, rest}, {kBatch, kTime}) == "[time,batch]");
  CHECK(reshape({rest}, {kBatch * Dim(2) + Dim(4)}) == "[2*batch+4]");
  CHECK(reshape({2, rest}, {kBatch * Dim(2) + Dim(4)}) == "[2,batch+2]");
  CHECK(reshape({rest, 3}, {kBatch * Dim(2)}) == "[?,3]");
  CHECK(reshape({keep0, 10}, {kBatch, 3, 4}) == "op.shape");
  CHECK(reshape({5, rest}, {3, 4}) == "op.shape");
  CHECK(reshape({keep0, rest}, {0, 3}) == "[0,3]");
  CHECK(reshape({rest, 3}, {0, 3}) == "[0,3]");
  CHECK(reshape({4}, {0, 3}) == "op.shape");
  CHECK(reshape({}, {1, 1}) == "[]");
  CHECK(reshape({rest, 1}, {}) == "[1,1]");
}

TEST_CASE("slices of an unknown axis have an exact size, or none") {
  const std::int64_t end = Slice::kEnd;
  CHECK(slice(0, end, 1, kTime) == "[batch,time]");
  CHECK(slice(1, end, 1, kTime) == "[batch,time-1]");
  CHECK(slice(1, -2, 1, kTime) == "[batch,time-3]");
  CHECK(slice(-1, end, 1, kTime) == "[batch,1]");
  CHECK(slice(0, 1, 1, kTime) == "[batch,1]");
  CHECK(slice(0, 4, 1, kTime) == "[batch,?]");
  CHECK(slice(-4, end, 1, kTime) == "[batch,?]");
  CHECK(slice(-4, end, 1, kTime + Dim(3)) == "[batch,4]");
  CHECK(slice(2, 1, 1, kTime) == "[batch,0]");
  CHECK(slice(-1, -3, 1, kTime) == "[batch,0]");
  CHECK(slice(-2, 3, 1, kTime) == "[batch,?]");
  CHECK(slice(0, end, 2, kTime * Dim(2) + Dim(1)) == "[batch,time+1]");
  CHECK(slice(0, end, 2, kTime) == "[batch,?]");
  CHECK(slice(end, end, -1, kTime) == "[batch,time]");
  CHECK(slice(end, 0, -1, kTime) == "[batch,?]");
  CHECK(slice(-1, end, 1, Dim::unknown()) == "[batch,?]");
}

TEST_CASE("concat adds unknown sizes, split divides them, pad and tile keep them") {
  Concat concat;
  concat.axis = 1;
  CHECK(shape(concat, {{kBatch, kTime}, {kBatch, 3}, {kBatch, kTime}}) == "[batch,2*time+3]");
  CHECK(shape(concat, {{kBatch, 2}, {5, 3}}) == "[5,5]");
  CHECK(shape(concat, {{kBatch, 2}, {kBatch + Dim(1), 3}}) == "op.shape");
  Split split;
  split.axis = 1;
  split.parts = 2;
  CHECK(shape(split, {{kBatch, kTime * Dim(4)}}) == "[batch,2*time]");
  CHECK(shape(split, {{kBatch, kTime}}) == "[batch,?]");
  CHECK(shape(split, {{kBatch, 5}}) == "op.shape");
  Pad pad;
  pad.before = {0, 1};
  pad.after = {0, 2};
  CHECK(shape(pad, {{kBatch, kTime}}) == "[batch,time+3]");
  pad.mode = Pad::Mode::reflect;
  CHECK(shape(pad, {{kBatch, kTime}}) == "[batch,time+3]");
  CHECK(shape(pad, {{kBatch, 2}}) == "op.shape");
  Tile tile;
  tile.repeats = {1, 3};
  CHECK(shape(tile, {{kBatch, kTime}}) == "[batch,3*time]");
  Transpose transpose;
  transpose.order = {1, 0};
  CHECK(shape(transpose, {{kBatch, kTime}}) == "[time,batch]");
}

TEST_CASE("broadcasting knows 1, equal unknowns and numbers") {
  const Binary add;
  CHECK(shape(add, {{kBatch, kTime, 8}, {8}}) == "[batch,time,8]");
  CHECK(shape(add, {{kBatch, 1, 8}, {kTime, 8}}) == "[batch,time,8]");
  CHECK(shape(add, {{kBatch, 4}, {kBatch, 4}}) == "[batch,4]");
  CHECK(shape(add, {{kBatch}, {4}}) == "[4]");
  CHECK(shape(add, {{kBatch}, {kTime}}) == "[?]");
  CHECK(shape(add, {{3, 4}, {3}}) == "op.shape");
  Broadcast broadcast;
  CHECK(shape(broadcast, {{1, 8}, {kBatch, kTime, 8}}) == "[batch,time,8]");
  broadcast.sizes = {-1, 4, -1};
  CHECK(shape(broadcast, {{kBatch, 1, kTime}}) == "[batch,4,time]");
  CHECK(shape(broadcast, {{kTime}}) == "op.attribute");
  CHECK(shape(Select(), {{kBatch, 1}, {kTime}, {1}}, DType::boolean) == "[batch,time]");
}

TEST_CASE("reductions drop or keep axes of unknown size") {
  Reduce mean;
  mean.axes = {1};
  CHECK(shape(mean, {{kBatch, kTime, 8}}) == "[batch,8]");
  mean.keep_dims = true;
  CHECK(shape(mean, {{kBatch, kTime, 8}}) == "[batch,1,8]");
}
