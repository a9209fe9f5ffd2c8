// The element-wise emitters against the operators' references.
#include <doctest/doctest.h>

#include "cpu/common/testing.h"
#include "ops/elementwise/binary.h"
#include "ops/elementwise/tape.h"
#include "ops/elementwise/unary.h"
#include "ops/normalize/scale_shift.h"

namespace vivace::cpu {
namespace {

using testing::check_emitter;
using testing::Input;
using testing::random_floats;
using testing::random_tensor;

Tensor with_specials(Tensor tensor) {
  const float specials[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1.0f, -1.0f};
  for (std::int64_t i = 0; i < 7 && i < tensor.count(); ++i) tensor.as<float>()[i] = specials[i];
  return tensor;
}

OpPtr unary(UnaryKind kind, double a = 0, double b = 0) {
  Unary op;
  op.function = {kind, a, b};
  return make_op(std::move(op));
}

OpPtr binary(Binary::Kind kind, Activation activation = {}) {
  Binary op;
  op.kind = kind;
  op.activation = activation;
  return make_op(std::move(op));
}

std::vector<Input> inputs_of(Tensor a) {
  std::vector<Input> inputs(1);
  inputs[0].tensor = std::move(a);
  return inputs;
}
std::vector<Input> inputs_of(Tensor a, Tensor b) {
  std::vector<Input> inputs = inputs_of(std::move(a));
  inputs.push_back({std::move(b)});
  return inputs;
}

}  // namespace

TEST_CASE("unary: every function of float32 agrees with the reference, infinities and NaN too") {
  for (std::size_t kind = 0; kind < std::size(kUnaryNames); ++kind) {
    CAPTURE(kUnaryNames[kind]);
    const OpPtr op = unary(static_cast<UnaryKind>(kind), 0.3, 0.7);
    if (kind == static_cast<std::size_t>(UnaryKind::logical_not)) continue;  // of booleans
    const bool steep = kUnaryNames[kind] == "tan";
    check_emitter(op, inputs_of(with_specials(random_floats({5, 1037}, 1))), steep ? 1e-4 : 1e-6);
    check_emitter(op, inputs_of(random_floats({3}, 2, 0.1, 0.9)), 1e-6);
  }
}

TEST_CASE("unary: integers, booleans and other floats go one by one") {
  for (const UnaryKind kind : {UnaryKind::relu, UnaryKind::abs, UnaryKind::negate, UnaryKind::square})
    check_emitter(unary(kind), inputs_of(random_tensor(DType::i32, {3, 17}, 3, -9, 9)), 0);
  check_emitter(unary(UnaryKind::logical_not), inputs_of(random_tensor(DType::boolean, {41}, 4)), 0);
  check_emitter(unary(UnaryKind::tanh), inputs_of(random_tensor(DType::f16, {41}, 5)), 0);
}

TEST_CASE("binary: every function of float32 agrees with the reference for every way to broadcast") {
  const Shape shapes[][2] = {{{2, 3, 5, 17}, {2, 3, 5, 17}},
                             {{2, 3, 5, 17}, {17}},
                             {{2, 3, 5, 17}, {2, 1, 1, 17}},
                             {{2, 3, 5, 17}, {2, 3, 5, 1}},
                             {{}, {4097}},
                             {{3, 1, 4}, {2, 1, 5, 1}},
                             {{1, 1}, {1}},
                             {{0, 3}, {1, 3}},
                             {{2, 1, 33, 1}, {2, 40, 1, 19}}};
  for (std::size_t kind = 0; kind < std::size(Binary::kKinds); ++kind) {
    CAPTURE(Binary::kKinds[kind]);
    const auto which = static_cast<Binary::Kind>(kind);
    if (which >= Binary::Kind::logical_and && which <= Binary::Kind::logical_xor) continue;
    for (const auto& [a, b] : shapes) {
      const bool powers = which == Binary::Kind::power;
      check_emitter(binary(which), inputs_of(random_floats(a, 1, powers ? 0.1 : -2), random_floats(b, 2)),
                    powers ? 1e-5 : 1e-6);
    }
  }
}

TEST_CASE("binary: maximum and minimum keep NaN from either side; arithmetic on infinities is IEEE's") {
  for (const auto kind :
       {Binary::Kind::maximum, Binary::Kind::minimum, Binary::Kind::add, Binary::Kind::multiply,
        Binary::Kind::multiply_no_nan, Binary::Kind::divide_no_nan, Binary::Kind::prelu}) {
    check_emitter(binary(kind), inputs_of(with_specials(random_floats({37}, 1)), random_floats({37}, 2)));
    check_emitter(binary(kind), inputs_of(random_floats({37}, 1), with_specials(random_floats({37}, 2))));
  }
}

TEST_CASE("binary: ends in its activation") {
  for (const UnaryKind kind : {UnaryKind::relu, UnaryKind::clamp, UnaryKind::sigmoid, UnaryKind::leaky_relu})
    check_emitter(binary(Binary::Kind::add, {kind, 0.1, 0.9}),
                  inputs_of(random_floats({3, 70, 19}, 1), random_floats({19}, 2)));
}

TEST_CASE("binary: integers and truths go one by one, and a divisor of 0 is a fault") {
  for (const auto kind : {Binary::Kind::add, Binary::Kind::modulo, Binary::Kind::less, Binary::Kind::equal})
    check_emitter(
        binary(kind),
        inputs_of(random_tensor(DType::i64, {4, 9}, 1, -9, 9), random_tensor(DType::i64, {9}, 2, 1, 4)), 0);
  check_emitter(binary(Binary::Kind::logical_and),
                inputs_of(random_tensor(DType::boolean, {4, 1}, 1), random_tensor(DType::boolean, {9}, 2)),
                0);
  const auto inputs = inputs_of(random_tensor(DType::i32, {9}, 1), random_tensor(DType::i32, {9}, 2, 0, 0));
  testing::NodeRun node(binary(Binary::Kind::floor_divide), inputs, kernels::Isa::baseline);
  (void)node.run(inputs, 1);
  CHECK(node.fault() == Fault::told);
  CHECK(node.words().starts_with("error[op.value]: binary: floor_divide of integers by 0"));
  const auto powers = inputs_of(random_tensor(DType::i32, {9}, 1), random_tensor(DType::i32, {9}, 2, -3, -3));
  testing::NodeRun power(binary(Binary::Kind::power), powers, kernels::Isa::baseline);
  (void)power.run(powers, 1);
  CHECK(power.words().starts_with("error[op.value]: binary: an integer to the power of -3"));
}

TEST_CASE("scale_shift: scales, shifts and ends in its activation") {
  for (const UnaryKind kind : {UnaryKind::identity, UnaryKind::relu, UnaryKind::silu})
    for (const std::int64_t channels : {1, 3, 16, 33, 5000}) {
      ScaleShift op;
      op.activation.kind = kind;
      std::vector<Input> inputs =
          inputs_of(with_specials(random_floats({2, 7, channels}, 1)), random_floats({channels}, 2));
      inputs.push_back({random_floats({channels}, 3)});
      check_emitter(make_op(std::move(op)), inputs);
    }
}

TEST_CASE("tape: runs chains over dense, repeated and per-channel inputs") {
  const auto number = [](auto kind) { return static_cast<std::int64_t>(kind); };
  for (const std::int64_t channels : {1, 7, 64, 1500}) {
    Tape op;
    op.code = {1, number(Binary::Kind::multiply), 0, 1,   // 4 = x * per channel
               0, number(UnaryKind::sigmoid),     4, 0,   // 5
               1, number(Binary::Kind::add),      5, 2,   // 6 = + number
               0, number(UnaryKind::tanh),        1, 0,   // 7 of a per-channel input
               1, number(Binary::Kind::subtract), 6, 7,   // 8
               1, number(Binary::Kind::multiply), 8, 3,   // 9 = * dense
               1, number(Binary::Kind::maximum),  9, 4};  // 10
    op.parameters.assign(14, 0.0);
    std::vector<Input> inputs;
    for (const Shape& dims : {Shape{9, 11, channels}, Shape{channels}, Shape{}, Shape{9, 11, channels}})
      inputs.push_back({random_floats(dims, static_cast<unsigned>(inputs.size()))});
    check_emitter(make_op(Tape(op)), inputs);
  }
  Tape flat;
  flat.code = {0, number(UnaryKind::exp), 0, 0, 1, number(Binary::Kind::add), 1, 0};
  flat.parameters.assign(4, 0.0);
  check_emitter(make_op(std::move(flat)), inputs_of(random_floats({3, 3001}, 1)));
}

}  // namespace vivace::cpu
