// Functions, sums and windows of bytes against the operators' references.
#include <doctest/doctest.h>

#include "cpu/common/testing.h"
#include "ops/quantised/dequantize.h"
#include "ops/quantised/q_binary.h"
#include "ops/quantised/q_reduce.h"
#include "ops/quantised/q_resize.h"
#include "ops/quantised/q_softmax.h"
#include "ops/quantised/q_unary.h"
#include "ops/quantised/quantize.h"
#include "ops/quantised/requantize.h"
#include "ops/spatial/pool.h"

namespace vivace::cpu {
namespace {

using testing::check_exact_emitter;
using testing::Input;
using testing::random_tensor;

Tensor random_bytes(DType dtype, Shape dims, unsigned seed) {
  const IntegerRange range = range_of(dtype);
  return random_tensor(dtype, std::move(dims), seed, static_cast<double>(range.low),
                       static_cast<double>(range.high));
}

constexpr DType kBytes[] = {DType::i8, DType::u8};

Requantisation end_of(DType result, double multiplier) {
  Requantisation end;
  end.multipliers = {multiplier};
  end.result = result;
  end.zero = range_of(result).low + 100;
  end.low = range_of(result).low + 1;
  end.high = range_of(result).high - 2;
  return end;
}

}  // namespace

TEST_CASE("q_binary: sums, differences and products, with and without broadcasting") {
  const std::pair<Shape, Shape> shapes[] = {
      {{2, 5, 7}, {2, 5, 7}}, {{3, 100}, {3, 1}}, {{4, 1, 33}, {1, 6, 33}}, {{70}, {1}}, {{1}, {40}},
      {{9000}, {9000}}};
  for (const DType dtype : kBytes)
    for (const auto kind : {QBinary::Kind::add, QBinary::Kind::subtract, QBinary::Kind::multiply})
      for (const auto& [a, b] : shapes)
        for (const double factor : {0.7, 1.9}) {
          QBinary op;
          op.kind = kind;
          op.a_zero = range_of(dtype).low + 31;
          op.b_zero = range_of(dtype).high - 17;
          const bool product = kind == QBinary::Kind::multiply;
          op.left_shift = product ? 0 : 20;
          op.a_multiplier = product ? 0.25 : 0.5;
          op.b_multiplier = 0.31;
          op.end = end_of(dtype, product ? 0.01 * factor : factor / (1 << 20));
          check_exact_emitter(make_op(std::move(op)),
                              {{random_bytes(dtype, a, 1)}, {random_bytes(dtype, b, 2)}});
        }
}

TEST_CASE("q_binary: as XNNPACK rounds, all pairs of bytes") {
  for (const DType dtype : kBytes) {
    Tensor column(dtype, {256, 1}), row(dtype, {1, 256});
    for (int i = 0; i < 256; ++i)
      column.as<std::uint8_t>()[i] = row.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(i);
    for (const auto kind : {QBinary::Kind::add, QBinary::Kind::subtract, QBinary::Kind::multiply})
      for (const auto& [a, b, shift] : {std::array<int, 3>{1 << 20, 1 << 19, 20},
                                        {2097152, 1, 30},
                                        {0, 2097152, 12},
                                        {1234567, 2049, 21},
                                        {2047, 1048577, 22}}) {
        QBinary op;
        op.kind = kind;
        op.a_zero = range_of(dtype).low;
        op.b_zero = range_of(dtype).high - 17;
        const bool product = kind == QBinary::Kind::multiply;
        op.a_multiplier = product ? 1 : a;
        op.b_multiplier = product ? 1 : b;
        op.end = end_of(dtype, product ? std::ldexp(b + 1, -shift) : std::ldexp(1, -shift));
        op.end.rounding = product ? Rounding::float_even : Rounding::exact_up;
        check_exact_emitter(make_op(std::move(op)), {{column}, {row}});
      }
  }
}

// Sums are taken from float32 where it tells them apart from a tie: here it meets many.
TEST_CASE("sums of all pairs of bytes, near ties too") {
  Tensor rising(DType::i8, {256, 256}), repeated(DType::i8, {256, 256});
  for (int i = 0; i < 65536; ++i) {
    rising.as<std::int8_t>()[i] = static_cast<std::int8_t>(i);
    repeated.as<std::int8_t>()[i] = static_cast<std::int8_t>(i >> 8);
  }
  for (const auto& [a_multiplier, b_multiplier, factor] : {std::array<double, 3>{0.5, 0.25, 2.0},
                                                           {0.5, 0.5, 1.0},
                                                           {0.5, 0.123, 0.5},
                                                           {0.4999999, 0.0625, 0.25},
                                                           {0.37, 0.5, 1.3},
                                                           {0.5, 1e-3, 0.01}})
    for (const auto kind : {QBinary::Kind::add, QBinary::Kind::subtract}) {
      QBinary op;
      op.kind = kind;
      op.a_zero = 3;
      op.b_zero = -128;
      op.left_shift = 20;
      op.a_multiplier = a_multiplier;
      op.b_multiplier = b_multiplier;
      op.end = end_of(DType::i8, factor / (1 << 20));
      check_exact_emitter(make_op(std::move(op)), {{rising}, {repeated}});
    }
}

TEST_CASE("functions of one byte are tables") {
  for (const DType dtype : kBytes) {
    const std::vector<Input> inputs{{random_bytes(dtype, {3, 1700}, 3)}};
    QUnary logistic;
    logistic.input_scale = 0.05;
    logistic.output_scale = 1.0 / 256;
    logistic.output_zero = range_of(dtype).low;
    check_exact_emitter(make_op(std::move(logistic)), inputs);
    Requantize requantize;
    requantize.end = end_of(DType::u8, 0.6);
    check_exact_emitter(make_op(std::move(requantize)), inputs);
    Dequantize dequantize;
    dequantize.scales = {0.0173};
    dequantize.zeros = {5};
    check_exact_emitter(make_op(std::move(dequantize)), inputs);
  }
}

TEST_CASE("quantize: ties, bounds, infinities and NaN") {
  for (const DType dtype : kBytes) {
    Quantize op;
    op.result = dtype;
    op.scales = {0.25};
    op.zeros = {range_of(dtype).low + 100};
    Tensor x = random_tensor(DType::f32, {5000}, 4, -60, 60);
    const float inf = std::numeric_limits<float>::infinity();
    const float special[] = {0.125f, -0.125f,       0.375f, -0.375f, 0.0f,        -0.0f,        inf,
                             -inf,   std::nanf(""), 1e30f,  -1e30f,  0.12499999f, -0.12499999f, 3e9f};
    std::copy(std::begin(special), std::end(special), x.as<float>());
    for (const bool even : {false, true}) {
      op.even = even;
      check_exact_emitter(make_op(Quantize(op)), {{x}});
    }
  }
}

TEST_CASE("q_reduce: sums and means over axes that lie together") {
  for (const DType dtype : kBytes)
    for (const auto kind : {QReduce::Kind::sum, QReduce::Kind::mean})
      for (const auto& axes : {std::vector<std::int64_t>{1, 2}, {3}, {0}, {0, 1, 2, 3}, {2, 3}}) {
        QReduce op;
        op.kind = kind;
        op.axes = axes;
        op.input_zero = range_of(dtype).low + 77;
        op.end = end_of(dtype, kind == QReduce::Kind::sum ? 0.02 : 1.4);
        for (const auto rounding : {Rounding::fixed31, Rounding::float_even}) {
          op.end.rounding = rounding;
          check_exact_emitter(make_op(QReduce(op)), {{random_bytes(dtype, {2, 7, 5, 530}, 5)}});
        }
      }
}

TEST_CASE("q_resize: larger and smaller, in every coordinate") {
  for (const DType dtype : kBytes)
    for (const auto coordinates : {QResize::Coordinates::half_pixel, QResize::Coordinates::align_corners,
                                   QResize::Coordinates::asymmetric})
      for (const auto& [height, width] :
           {std::pair<std::int64_t, std::int64_t>{14, 21}, {3, 2}, {1, 1}, {7, 9}}) {
        for (const bool as_xnnpack : {false, true}) {
          QResize op;
          op.coordinates = coordinates;
          op.size = {height, width};
          op.as_xnnpack = as_xnnpack;
          check_exact_emitter(make_op(std::move(op)), {{random_bytes(dtype, {2, 7, 9, 5}, 7)}});
        }
      }
}

TEST_CASE("pool: maximum and average of bytes") {
  for (const DType dtype : kBytes)
    for (const auto kind : {Pool::Kind::max, Pool::Kind::average})
      for (const std::int64_t channels : {1, 3, 16, 300})
        for (const bool same : {false, true}) {
          Pool op;
          op.kind = kind;
          op.window = {3, 2};
          op.strides = {2, 1};
          op.dilations = {1, 1};
          op.padding = same ? Padding::same() : Padding::valid(2);
          check_exact_emitter(make_op(std::move(op)), {{random_bytes(dtype, {2, 9, 6, channels}, 6)}});
        }
}

TEST_CASE("q_softmax: rows of bytes, sharp and flat") {
  for (const DType dtype : kBytes)
    for (const double scale : {1e-4, 0.01, 0.07, 0.5, 3.0})
      for (const Shape& dims : {Shape{1, 1}, {7, 10}, {3, 2, 1001}, {0, 5}, {900, 3}}) {
        QSoftmax op;
        op.input_scale = scale;
        op.beta = 1.5;
        op.result = dtype;
        check_exact_emitter(make_op(std::move(op)), {{random_bytes(dtype, dims, 5)}});
      }
}

}  // namespace vivace::cpu
