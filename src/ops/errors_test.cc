// Attributes and inputs such as a damaged or hostile file holds: each is refused with a typed error.
#include <doctest/doctest.h>

#include <limits>

#include "ops/all.h"
#include "ops/common/registry.h"
#include "support/op_errors.h"

using namespace vivace;
using testing::f32;

namespace {

using Numbers = std::vector<std::int64_t>;
constexpr std::int64_t kLow = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHigh = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kHuge = std::int64_t{1} << 40;

Fact i32(Dims dims) { return Fact::tensor(DType::i32, std::move(dims)); }

template <class T>
void refused(const T& op, std::vector<Fact> inputs, const char* id) {
  testing::check_errors({{op, std::move(inputs), id}});
}

// An op with one attribute set.
template <class T, class Member, class Value>
T with(Member T::*member, Value value) {
  T op;
  op.*member = std::move(value);
  return op;
}

}  // namespace

TEST_CASE("no operator survives without inputs, with left-out ones, or with what is no tensor") {
  Fact strings = f32({2});
  strings.kind = ValueKind::strings;
  const Fact negative = f32({-1, 3});
  const Fact endless = f32({kHuge, kHuge});
  for (const std::string_view name : op_names()) {
    const auto op = make_op_by_name(name);
    CHECK(op->infer({}).error().id() == "op.inputs");
    CHECK(op->infer(std::vector<Fact>{testing::absent()}).error().id() == "op.inputs");
    CAPTURE(name);
    for (const Fact& bad : {strings, negative, endless, f32(Dims(64, Dim(1)))})
      for (const std::size_t count : {1, 2, 3, 4, 5})
        CHECK_FALSE(op->infer(std::vector<Fact>(count, bad)).ok());
  }
}

TEST_CASE("movement refuses orders, axes, sizes and steps that make no sense") {
  const Fact x = f32({2, 3});
  for (const Numbers& order : {Numbers{}, {0}, {0, 0}, {0, 2}, {-1, 0}, {kHigh, 0}, {0, 1, 2}})
    refused(with(&Transpose::order, order), {x}, "op.attribute");
  for (const Numbers& target : {Numbers{0, 6}, {-1, -1}, {-4, 6}, {kLow}, {kHigh}, Numbers(33, 1)})
    refused(with(&Reshape::target, target), {x}, "op.attribute");
  refused(with(&Reshape::target, Numbers{7}), {x}, "op.shape");
  refused(with(&Reshape::target, Numbers{1 << 30, 1 << 30, 1 << 30}), {x}, "op.shape");
  for (const Numbers& repeats : {Numbers{1}, {1, -1}, {kHigh, 1}, {kLow, 1}})
    refused(with(&Tile::repeats, repeats), {x}, "op.attribute");
  refused(with(&Tile::repeats, Numbers{1 << 30, 1 << 30}), {x}, "op.shape");
  for (const Numbers& sizes : {Numbers{-2}, {kLow, 3}, {-1, 2, 3}, Numbers(33, 1)})
    refused(with(&Broadcast::sizes, sizes), {x}, "op.attribute");
  refused(with(&Broadcast::sizes, Numbers{2, 4}), {x}, "op.shape");
  for (const std::int64_t axis : {std::int64_t{-1}, std::int64_t{2}, kLow, kHigh}) {
    refused(with(&Concat::axis, axis), {x, x}, "op.attribute");
    Split split = with(&Split::axis, axis);
    split.parts = 1;
    refused(split, {x}, "op.attribute");
  }
  refused(Concat(), {x, f32({2})}, "op.rank");
  refused(Concat(), {x, i32({2, 3})}, "op.dtype");
  refused(Concat(), {x, f32({2, 4})}, "op.shape");
  for (const std::int64_t parts : {std::int64_t{0}, std::int64_t{-1}, kLow, kHigh})
    refused(with(&Split::parts, parts), {x}, "op.attribute");
  refused(with(&Split::parts, 3), {x}, "op.shape");
  refused(with(&Split::sizes, Numbers{3, -1}), {x}, "op.attribute");
  refused(with(&Split::sizes, Numbers{kHigh, kHigh}), {x}, "op.attribute");
  refused(with(&Split::sizes, Numbers{1, 2}), {x}, "op.shape");
}

TEST_CASE("pad and slice refuse lists of the wrong length and numbers that would overflow") {
  const Fact x = f32({2, 3});
  for (const auto& [before, after] : {std::pair<Numbers, Numbers>{{1}, {1, 1}},
                                      {{0, 0}, {}},
                                      {{-1, 0}, {0, 0}},
                                      {{kHigh, 0}, {0, 0}},
                                      {{0, 0}, {kLow, 0}}}) {
    Pad pad = with(&Pad::before, before);
    pad.after = after;
    refused(pad, {x}, "op.attribute");
  }
  Pad pad = with(&Pad::before, Numbers{0x7fffffff, 0x7fffffff});
  pad.after = pad.before;
  refused(pad, {x}, "op.shape");
  pad.mode = Pad::Mode::symmetric;
  refused(pad, {x}, "op.shape");
  pad.mode = Pad::Mode::edge;
  refused(pad, {f32({0, 3})}, "op.shape");
  struct Lists {
    Numbers axes, starts, stops, steps;
  };
  for (const Lists& l : {Lists{{0}, {}, {1}, {1}},
                         {{0}, {0}, {1}, {0}},
                         {{2}, {0}, {1}, {1}},
                         {{-1}, {0}, {1}, {1}},
                         {{0, 0}, {0, 0}, {1, 1}, {1, 1}},
                         {{kLow}, {0}, {1}, {1}}}) {
    Slice op = with(&Slice::axes, l.axes);
    op.starts = l.starts;
    op.stops = l.stops;
    op.steps = l.steps;
    refused(op, {x}, "op.attribute");
  }
}

TEST_CASE("a slice survives every extreme of start, stop and step") {
  const std::int64_t extremes[] = {kLow, kLow + 1, -1, 0, 1, kHigh - 1, kHigh};
  for (const std::int64_t start : extremes)
    for (const std::int64_t stop : extremes)
      for (const std::int64_t step : extremes)
        for (const Dim& size : {Dim(0), Dim(3), Dim::symbol(1), Dim::unknown()}) {
          if (step == 0) continue;
          Slice op = with(&Slice::axes, Numbers{0});
          op.starts = {start};
          op.stops = {stop};
          op.steps = {step};
          const Fact fact = Fact::tensor(DType::u8, {size});
          const auto facts = op.infer({&fact, 1});
          if (!size.known() || !facts.ok()) continue;
          const std::uint8_t x[3] = {};
          std::uint8_t y[3] = {};
          const Shape from = {size.number()}, to = *numbers((*facts)[0].dims);
          const TensorView in{x, DType::u8, from};
          const MutableTensorView out{y, DType::u8, to};
          REQUIRE(to[0] <= 3);
          CHECK(op.evaluate({&in, 1}, {&out, 1}).ok());
        }
}

TEST_CASE("reductions and normalisations refuse axes out of range, twice or out of order, and types") {
  const Fact x = f32({2, 3, 4});
  for (const Numbers& axes : {Numbers{3}, {-1}, {1, 1}, {kLow}, {kHigh}}) {
    refused(with(&Reduce::axes, axes), {x}, "op.attribute");
    refused(with(&Softmax::axes, axes), {x}, "op.attribute");
    refused(with(&Norm::axes, axes), {x}, "op.attribute");
    refused(with(&Reverse::axes, axes), {x}, "op.attribute");
  }
  refused(with(&Reduce::axes, Numbers{1, 0}), {x}, "op.attribute");
  refused(with(&Norm::axes, Numbers{2, 1}), {x}, "op.attribute");
  refused(Softmax(), {x}, "op.attribute");
  refused(Norm(), {x}, "op.attribute");
  refused(with(&Softmax::axes, Numbers{0}), {i32({2})}, "op.dtype");
  refused(with(&Softmax::axes, Numbers{0}), {x, f32({2, 3, 4})}, "op.dtype");
  refused(with(&Softmax::axes, Numbers{0}), {f32({2, 1}), Fact::tensor(DType::boolean, {2, 3})}, "op.shape");
  refused(with(&Reduce::kind, Reduce::Kind::mean), {i32({2})}, "op.dtype");
  refused(with(&Reduce::kind, Reduce::Kind::any), {x}, "op.dtype");
  refused(Reduce(), {x, Fact::tensor(DType::boolean, {2, 3})}, "op.attribute");
  refused(with(&Reduce::axes, Numbers{1}), {x, Fact::tensor(DType::boolean, {2, 4})}, "op.shape");
  Norm group = with(&Norm::kind, Norm::Kind::group);
  for (const std::int64_t groups : {std::int64_t{0}, std::int64_t{-1}, kLow, kHigh}) {
    group.groups = groups;
    refused(group, {x}, "op.attribute");
  }
  group.groups = 3;
  refused(group, {x}, "op.shape");
  refused(group, {f32({3})}, "op.rank");
  refused(with(&Norm::axes, Numbers{2}), {x, f32({3})}, "op.shape");
  refused(with(&BatchNorm::axis, 3), {x, f32({4}), f32({4})}, "op.attribute");
  refused(BatchNorm(), {x, f32({4}), f32({4})}, "op.attribute");
  refused(with(&BatchNorm::axis, 1), {x, f32({4}), f32({4})}, "op.shape");
  refused(ScaleShift(), {f32({}), f32({1}), f32({1})}, "op.rank");
  refused(ScaleShift(), {x, f32({4}), f32({3})}, "op.shape");
}

TEST_CASE("choosers and lookups refuse numbers out of range") {
  const Fact x = f32({2, 3});
  for (const std::int64_t axis : {std::int64_t{-1}, std::int64_t{2}, kLow, kHigh}) {
    refused(with(&ArgReduce::axis, axis), {x}, "op.attribute");
    refused(with(&Cumulative::axis, axis), {x}, "op.attribute");
    refused(with(&Gather::axis, axis), {x, i32({1})}, "op.attribute");
  }
  refused(with(&ArgReduce::result, DType::f32), {x}, "op.attribute");
  refused(with(&ArgReduce::axis, 1), {f32({2, 0})}, "op.shape");
  refused(with(&TopK::k, 4), {x}, "op.shape");
  refused(with(&TopK::k, -1), {x}, "op.attribute");
  refused(with(&TopK::k, kHigh), {f32({Dim::symbol(1)})}, "op.attribute");
  refused(TopK(), {f32({})}, "op.rank");
  refused(Gather(), {x, x}, "op.dtype");
  refused(with(&OneHot::depth, -1), {i32({2})}, "op.attribute");
  refused(with(&OneHot::axis, 2), {i32({2})}, "op.attribute");
  refused(with(&OneHot::depth, 0x7fffffff), {i32({1 << 30, 8})}, "op.shape");
  refused(OneHot(), {x}, "op.dtype");
  refused(with(&ShapeOf::result, DType::f32), {x}, "op.attribute");
  for (const Numbers& target : {Numbers{-1}, {-4}, {kLow}, {kHigh}, Numbers(33, 1)})
    refused(with(&Fill::target, target), {x}, "op.attribute");
  refused(with(&Fill::target, Numbers(4, 0x7fffffff)), {x}, "op.shape");
  const auto unknown_type = static_cast<DType>(77);
  refused(with(&Cast::to, unknown_type), {x}, "op.attribute");
  refused(with(&Fill::result, unknown_type), {x}, "op.attribute");
  refused(with(&OneHot::result, unknown_type), {i32({2})}, "op.attribute");
}

TEST_CASE("functions refuse types they are not defined for") {
  const Fact x = f32({2}), truth = Fact::tensor(DType::boolean, {2});
  refused(with(&Unary::function, Activation{UnaryKind::sigmoid}), {i32({2})}, "op.dtype");
  refused(with(&Unary::function, Activation{UnaryKind::logical_not}), {x}, "op.dtype");
  refused(with(&Unary::function, Activation{UnaryKind::relu}), {truth}, "op.dtype");
  refused(Binary(), {x, i32({2})}, "op.dtype");
  refused(Binary(), {truth, truth}, "op.dtype");
  refused(with(&Binary::kind, Binary::Kind::divide), {i32({2}), i32({2})}, "op.dtype");
  refused(with(&Binary::kind, Binary::Kind::logical_and), {x, x}, "op.dtype");
  Binary binary = with(&Binary::activation, Activation{UnaryKind::tanh});
  refused(binary, {i32({2}), i32({2})}, "op.attribute");
  binary.kind = Binary::Kind::less;
  refused(binary, {x, x}, "op.attribute");
  refused(Select(), {x, x, x}, "op.dtype");
  refused(Select(), {truth, x, i32({2})}, "op.dtype");
  refused(Select(), {truth, x, f32({3})}, "op.shape");
}

TEST_CASE("a tape refuses code that is cut off, unknown, or reads what is not written yet") {
  const Fact x = f32({2, 3});
  for (const Numbers& code : {Numbers{},
                              {0, 1, 0},
                              {2, 1, 0, 0},
                              {0, 1, 1, 0},
                              {0, 1, -1, 0},
                              {0, 1, 0, 1},
                              {0, 99, 0, 0},
                              {0, -1, 0, 0},
                              {1, 0, 0, 1},
                              {1, 24, 0, 0},
                              {1, 12, 0, 0},
                              {kLow, kLow, kLow, kLow},
                              {0, kHigh, kHigh, 0}}) {
    Tape tape = with(&Tape::code, code);
    tape.parameters.resize(2);
    refused(tape, {x}, "op.attribute");
  }
  Tape tape = with(&Tape::code, Numbers{0, 1, 0, 0});
  refused(tape, {x}, "op.attribute");
  tape.parameters = {0, 0};
  refused(tape, {i32({2, 3})}, "op.dtype");
  refused(tape, {x, f32({2, 1})}, "op.shape");
  CHECK(tape.infer(std::vector<Fact>{x, f32({3}), f32({}), f32({1, 1})}).ok());
}
