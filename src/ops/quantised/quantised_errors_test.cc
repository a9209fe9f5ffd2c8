// Wrong quantised operators, as a damaged or hostile file would hold them: each is refused with a typed
// error.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "ops/hybrid/dynamic_quantize.h"
#include "ops/hybrid/hybrid_conv.h"
#include "ops/hybrid/hybrid_mat_mul.h"
#include "ops/quantised/dequantize.h"
#include "ops/quantised/q_binary.h"
#include "ops/quantised/q_conv.h"
#include "ops/quantised/q_conv_transpose.h"
#include "ops/quantised/q_l2_normalize.h"
#include "ops/quantised/q_mat_mul.h"
#include "ops/quantised/q_reduce.h"
#include "ops/quantised/q_resize.h"
#include "ops/quantised/q_softmax.h"
#include "ops/quantised/q_unary.h"
#include "ops/quantised/quantize.h"
#include "ops/quantised/requantize.h"
#include "support/op_errors.h"

using namespace vivace;
using namespace vivace::testing;

namespace {

Fact i8(Dims dims) { return Fact::tensor(DType::i8, std::move(dims)); }
Fact i32(Dims dims) { return Fact::tensor(DType::i32, std::move(dims)); }

QConv conv(const std::function<void(QConv&)>& spoil = [](QConv&) {}) {
  QConv op;
  op.strides = op.dilations = {1, 1};
  op.padding = Padding::valid(2);
  spoil(op);
  return op;
}

template <class T>
T with(const std::function<void(T&)>& spoil) {
  T op;
  spoil(op);
  return op;
}

using Spoil = std::function<void(Requantisation&)>;

// What every end of an operator must refuse.
const Spoil kWrongEnds[] = {
    [](Requantisation& e) { e.multipliers.clear(); },
    [](Requantisation& e) {
      e.multipliers = {0.5, 0.5};
    },
    [](Requantisation& e) { e.multipliers = {NAN}; },
    [](Requantisation& e) { e.multipliers = {INFINITY}; },
    [](Requantisation& e) { e.multipliers = {-0.5}; },
    [](Requantisation& e) { e.multipliers = {0x1p30}; },
    [](Requantisation& e) { e.multipliers = {128}, e.rounding = Rounding::fixed16; },
    [](Requantisation& e) { e.result = DType::f32; },
    [](Requantisation& e) { e.result = DType::i64; },
    [](Requantisation& e) { e.result = DType::u8; },  // low is -128
    [](Requantisation& e) { e.zero = 128; },
    [](Requantisation& e) { e.zero = -kHuge; },
    [](Requantisation& e) { e.low = -129; },
    [](Requantisation& e) { e.low = 5, e.high = 4; },
    [](Requantisation& e) { e.high = kHuge; },
};

}  // namespace

TEST_CASE("q_conv refuses factors, types and sizes that contradict each other") {
  const Fact x = i8({1, 8, 8, 4}), weights = i8({3, 3, 4, 6});
  check_accepted(conv(), {x, weights, i32({6})});
  check_accepted(conv([](QConv& c) { c.end.multipliers = {0.1, 0.2, 0, 1, 2, 3}; }), {x, weights});
  check_errors({
      {conv([](QConv& c) { c.groups = 2; }), {x, weights}, "op.shape"},
      {conv([](QConv& c) {
         c.strides = {0, 1};
       }),
       {x, weights},
       "op.attribute"},
      {conv([](QConv& c) { c.input_zero = 128; }), {x, weights}, "op.attribute"},
      {conv([](QConv& c) { c.weights_zero = -129; }), {x, weights}, "op.attribute"},
      {conv([](QConv& c) { c.end.multipliers.assign(6, 1.0); }),
       {x, i8({3, 3, 4, Dim::symbol(1)})},
       "op.attribute"},
      {conv(), {x, weights, i32({5})}, "op.shape"},
      {conv(), {x, weights, i32({1, 6})}, "op.rank"},
      {conv(), {x, weights, f32({6})}, "op.dtype"},
      {conv(), {x, f32({3, 3, 4, 6})}, "op.dtype"},
      {conv(), {f32({1, 8, 8, 4}), weights}, "op.dtype"},
      {conv(), {x}, "op.inputs"},
  });
  for (const Spoil& spoil : kWrongEnds)
    check_errors({{conv([&](QConv& c) { spoil(c.end); }), {x, weights}, "op.attribute"}});
}

TEST_CASE("q_conv_transpose and q_mat_mul refuse factors that do not fit") {
  QConvTranspose op;
  op.strides = op.dilations = {2, 2};
  op.output_padding = {0, 0};
  op.padding = Padding::valid(2);
  const Fact x = i8({1, 8, 8, 4}), weights = i8({3, 3, 6, 4});
  check_accepted(op, {x, weights, i32({6})});
  check_errors({{op, {x, i8({3, 3, 4, 6})}, "op.shape"},
                {op, {x, weights, i32({4})}, "op.shape"},
                {op, {x, f32({3, 3, 6, 4})}, "op.dtype"}});
  check_accepted(QMatMul(), {i8({2, 3}), i8({3, 4}), i32({4})});
  check_errors(
      {{QMatMul(), {i8({2, 3}), i8({4, 3})}, "op.shape"},
       {QMatMul(), {i8({2, 3}), i8({3, 4}), i32({3})}, "op.shape"},
       {QMatMul(), {f32({2, 3}), i8({3, 4})}, "op.dtype"},
       {with<QMatMul>([](QMatMul& m) { m.a_zero = 1000; }), {i8({2, 3}), i8({3, 4})}, "op.attribute"}});
  for (const Spoil& spoil : kWrongEnds)
    check_errors(
        {{with<QMatMul>([&](QMatMul& m) { spoil(m.end); }), {i8({2, 3}), i8({3, 4})}, "op.attribute"}});
}

TEST_CASE("quantize, dequantize and requantize refuse scales and zero points that are none") {
  const Fact x = f32({2, 3}), q = i8({2, 3});
  for (const double scale : {0.0, -1.0, double{NAN}, double{INFINITY}, 1e300, 1e-300}) {
    check_errors({{with<Quantize>([&](Quantize& o) { o.scales = {scale}; }), {x}, "op.attribute"},
                  {with<Dequantize>([&](Dequantize& o) { o.scales = {scale}; }), {q}, "op.attribute"}});
  }
  check_errors({
      {with<Quantize>([](Quantize& o) { o.result = DType::f32; }), {x}, "op.dtype"},
      {with<Quantize>([](Quantize& o) { o.zeros = {128}; }), {x}, "op.attribute"},
      {with<Quantize>([](Quantize& o) { o.zeros = {}; }), {x}, "op.attribute"},
      {with<Quantize>([](Quantize& o) {
         o.scales = {1, 1}, o.zeros = {0, 0}, o.axis = 1;
       }),
       {x},
       "op.attribute"},
      {with<Quantize>([](Quantize& o) {
         o.scales = {1, 1}, o.zeros = {0, 0}, o.axis = 2;
       }),
       {x},
       "op.attribute"},
      {with<Quantize>([](Quantize& o) {
         o.scales = {1, 1}, o.zeros = {0, 0}, o.axis = -1;
       }),
       {x},
       "op.attribute"},
      {Quantize(), {q}, "op.dtype"},
      {Dequantize(), {x}, "op.dtype"},
      {Requantize(), {x}, "op.dtype"},
      {with<Requantize>([](Requantize& o) { o.input_zero = 128; }), {q}, "op.attribute"},
  });
  for (const Spoil& spoil : kWrongEnds)
    check_errors({{with<Requantize>([&](Requantize& o) { spoil(o.end); }), {q}, "op.attribute"}});
}

TEST_CASE("quantize saturates what no integer holds, and takes NaN to the lowest number") {
  const float x[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0.5f};
  std::int8_t y[6] = {};
  const Shape dims = {6};
  const TensorView in{x, DType::f32, dims};
  const MutableTensorView out{y, DType::i8, dims};
  REQUIRE(Quantize().evaluate({&in, 1}, {&out, 1}).ok());
  const std::int8_t want[] = {-128, 127, -128, 127, -128, 1};
  for (int i = 0; i < 6; ++i) CHECK(y[i] == want[i]);
}

TEST_CASE("q_binary refuses factors that do not fit, and says that a divisor is zero") {
  const Fact a = i8({2, 3});
  check_errors({
      {QBinary(), {a, i8({4})}, "op.shape"},
      {QBinary(), {a, Fact::tensor(DType::u8, {2, 3})}, "op.dtype"},
      {QBinary(), {f32({2}), f32({2})}, "op.dtype"},
      {with<QBinary>([](QBinary& o) { o.left_shift = 31; }), {a, a}, "op.attribute"},
      {with<QBinary>([](QBinary& o) { o.left_shift = -1; }), {a, a}, "op.attribute"},
      {with<QBinary>([](QBinary& o) { o.a_multiplier = NAN; }), {a, a}, "op.attribute"},
      {with<QBinary>([](QBinary& o) { o.b_multiplier = -1; }), {a, a}, "op.attribute"},
      {with<QBinary>([](QBinary& o) { o.end.rounding = Rounding::real; }), {a, a}, "op.attribute"},
  });
  QBinary divide;
  divide.kind = QBinary::Kind::divide;
  const std::int8_t x[] = {1, 2};
  std::int8_t y[2] = {};
  divide.b_zero = 2;
  const Shape dims = {2};
  const TensorView in[] = {{x, DType::i8, dims}, {x, DType::i8, dims}};
  const MutableTensorView out{y, DType::i8, dims};
  CHECK(divide.evaluate(in, {&out, 1}).error().id() == "op.value");
}

TEST_CASE("functions of one quantised tensor refuse scales, axes and types that make no sense") {
  const Fact x = i8({2, 3}), wide = Fact::tensor(DType::i16, {2, 3});
  check_accepted(QUnary(), {x});
  check_accepted(QSoftmax(), {x});
  for (const double scale : {0.0, -1.0, double{NAN}, double{INFINITY}, 1e300})
    check_errors({{with<QUnary>([&](QUnary& o) { o.input_scale = scale; }), {x}, "op.attribute"},
                  {with<QUnary>([&](QUnary& o) { o.output_scale = scale; }), {x}, "op.attribute"},
                  {with<QSoftmax>([&](QSoftmax& o) { o.input_scale = scale; }), {x}, "op.attribute"}});
  check_errors({
      {with<QUnary>([](QUnary& o) { o.output_scale = 1e-30; }), {x}, "op.attribute"},
      {with<QUnary>([](QUnary& o) { o.alpha = NAN; }), {x}, "op.attribute"},
      {with<QUnary>([](QUnary& o) { o.alpha = 1e300; }), {x}, "op.attribute"},
      {with<QUnary>([](QUnary& o) { o.input_zero = 128; }), {x}, "op.attribute"},
      {with<QUnary>([](QUnary& o) { o.kind = QUnary::Kind::elu; }), {wide}, "op.dtype"},
      {QUnary(), {f32({2, 3})}, "op.dtype"},
      {with<QSoftmax>([](QSoftmax& o) { o.beta = -1; }), {x}, "op.attribute"},
      {with<QSoftmax>([](QSoftmax& o) { o.beta = NAN; }), {x}, "op.attribute"},
      {with<QSoftmax>([](QSoftmax& o) { o.result = DType::u8; }), {x}, "op.attribute"},
      {with<QSoftmax>([](QSoftmax& o) { o.logarithm = true, o.result = DType::i16; }), {x}, "op.attribute"},
      {with<QSoftmax>([](QSoftmax& o) { o.logarithm = true, o.result = DType::i16; }),
       {wide},
       "op.attribute"},
      {QSoftmax(), {i8({})}, "op.rank"},
      {QSoftmax(), {f32({2})}, "op.dtype"},
      {with<QReduce>([](QReduce& o) { o.axes = {2}; }), {x}, "op.attribute"},
      {with<QReduce>([](QReduce& o) {
         o.axes = {1, 0};
       }),
       {x},
       "op.attribute"},
      {with<QReduce>([](QReduce& o) { o.end.rounding = Rounding::real; }), {x}, "op.attribute"},
      {with<QReduce>([](QReduce& o) { o.kind = QReduce::Kind::product; }), {x}, "op.attribute"},
      {with<QReduce>([](QReduce& o) { o.end.rounding = Rounding::fixed16; }), {x}, "op.attribute"},
      {QReduce(), {f32({2})}, "op.dtype"},
  });
  for (const Spoil& spoil : kWrongEnds)
    check_errors({{with<QReduce>([&](QReduce& o) { spoil(o.end); }), {x}, "op.attribute"}});
}

TEST_CASE("dynamic_quantize and hybrid operators refuse rows that do not fit") {
  const Fact q = i8({2, 3}), weights = i8({3, 4}), scales = f32({2}), zeros = i32({2});
  check_accepted(DynamicQuantize(), {f32({2, 3})});
  check_accepted(HybridMatMul(), {q, weights, scales, zeros, f32({4})});
  check_errors({
      {DynamicQuantize(), {q}, "op.dtype"},
      {with<DynamicQuantize>([](DynamicQuantize& o) { o.leading = 3; }), {f32({2, 3})}, "op.attribute"},
      {with<DynamicQuantize>([](DynamicQuantize& o) { o.leading = -1; }), {f32({2, 3})}, "op.attribute"},
      {HybridMatMul(), {q, weights, scales}, "op.inputs"},
      {HybridMatMul(), {q, weights, f32({3}), zeros}, "op.shape"},
      {HybridMatMul(), {q, weights, scales, i32({2, 1})}, "op.rank"},
      {HybridMatMul(), {q, weights, scales, f32({2})}, "op.dtype"},
      {HybridMatMul(), {q, weights, scales, zeros, f32({3})}, "op.shape"},
      {HybridMatMul(), {q, i8({5, 3, 4}), scales, zeros}, "op.rank"},
      {HybridMatMul(), {f32({2, 3}), weights, scales, zeros}, "op.dtype"},
      {with<HybridMatMul>([](HybridMatMul& o) { o.end.weights_scales = {}; }),
       {q, weights, scales, zeros},
       "op.attribute"},
      {with<HybridMatMul>([](HybridMatMul& o) { o.end.weights_scales = {NAN}; }),
       {q, weights, scales, zeros},
       "op.attribute"},
  });
  HybridConv op;
  op.strides = op.dilations = {1, 1};
  op.padding = Padding::valid(2);
  const Fact image = i8({2, 8, 8, 4}), kernel = i8({3, 3, 4, 6});
  check_accepted(op, {image, kernel, scales, zeros, f32({6})});
  check_errors({{op, {image, kernel, f32({3}), zeros}, "op.shape"},
                {op, {image, kernel, scales, zeros, f32({5})}, "op.shape"},
                {op, {image, f32({3, 3, 4, 6}), scales, zeros}, "op.dtype"}});
}

TEST_CASE("dynamic_quantize keeps its range where numbers are no numbers") {
  const float x[] = {NAN, 1, INFINITY, 2, -INFINITY, INFINITY, 0, 0};
  std::int8_t q[8] = {};
  float scales[4] = {};
  std::int32_t zeros[4] = {};
  const Shape dims = {4, 2}, rows = {4};
  const TensorView in{x, DType::f32, dims};
  const MutableTensorView out[] = {
      {q, DType::i8, dims}, {scales, DType::f32, rows}, {zeros, DType::i32, rows}};
  for (const bool asymmetric : {false, true}) {
    DynamicQuantize op;
    op.asymmetric = asymmetric;
    REQUIRE(op.evaluate({&in, 1}, out).ok());
    CHECK(scales[3] == 1);
    CHECK(q[6] == 0);
  }
}

TEST_CASE("q_resize and q_l2_normalize refuse what is no image, and no vector") {
  const Fact x = i8({1, 4, 4, 2});
  check_accepted(QResize(), {x});
  check_errors({
      {with<QResize>([](QResize& o) {
         o.size = {0, 1};
       }),
       {x},
       "op.attribute"},
      {with<QResize>([](QResize& o) { o.size = {3}; }), {x}, "op.attribute"},
      {with<QResize>([](QResize& o) {
         o.size = {1 << 21, 1};
       }),
       {x},
       "op.attribute"},
      {QResize(), {i8({1, 0, 4, 2})}, "op.shape"},
      {QResize(), {i8({4, 4, 2})}, "op.rank"},
      {QResize(), {f32({1, 4, 4, 2})}, "op.dtype"},
      {with<QL2Normalize>([](QL2Normalize& o) { o.input_zero = -129; }), {x}, "op.attribute"},
      {QL2Normalize(), {Fact::tensor(DType::i16, {2})}, "op.dtype"},
      {QL2Normalize(), {i8({})}, "op.rank"},
      {with<QUnary>([](QUnary& o) { o.kind = QUnary::Kind::rescale; }),
       {Fact::tensor(DType::i16, {2})},
       "op.dtype"},
  });
}
