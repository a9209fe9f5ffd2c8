// Dynamic range: rows quantised when run, and their products, against the operators' references.
#include <doctest/doctest.h>

#include "cpu/common/testing.h"
#include "ops/hybrid/dynamic_quantize.h"
#include "ops/hybrid/hybrid_conv.h"
#include "ops/hybrid/hybrid_mat_mul.h"

namespace vivace::cpu {
namespace {

using testing::check_exact_emitter;
using testing::constant;
using testing::Input;
using testing::random_floats;
using testing::random_tensor;

HybridEnd end_for(std::int64_t channels, bool first) {
  HybridEnd end;
  end.weights_scale_first = first;
  end.weights_scales.clear();
  for (std::int64_t c = 0; c < channels; ++c)
    end.weights_scales.push_back(0.003 * static_cast<double>(1 + c % 7));
  return end;
}

// q, weights, scales, zeros and bias; `zeros` are all 0 or random.
std::vector<Input> hybrid_inputs(Shape q, Shape weights, Shape rows, bool symmetric, bool bias) {
  const std::int64_t channels = weights.back();
  std::vector<Input> inputs{{random_tensor(DType::i8, std::move(q), 1, -128, 127)},
                            constant(random_tensor(DType::i8, std::move(weights), 2, -127, 127)),
                            {random_floats(rows, 3, 0.01, 0.5)},
                            {random_tensor(DType::i32, rows, 4, symmetric ? 0 : -128, symmetric ? 0 : 127)}};
  if (bias) inputs.push_back(constant(random_floats({channels}, 5)));
  return inputs;
}

}  // namespace

TEST_CASE("dynamic_quantize: symmetric and asymmetric rows") {
  for (const bool asymmetric : {false, true})
    for (const auto& [dims, leading] :
         {std::pair<Shape, std::int64_t>{{3, 70}, 1}, {{2, 5, 33}, 2}, {{1, 4000}, 1}, {{6}, 0}}) {
      DynamicQuantize op;
      op.asymmetric = asymmetric;
      op.leading = leading;
      for (const double low : {-3.0, 0.5})
        check_exact_emitter(make_op(DynamicQuantize(op)), {{random_floats(dims, 6, low, 2)}});
    }
}

// What TensorFlow Lite 2.21 makes of these: scale 1 / 8, zero point -128.
TEST_CASE("dynamic_quantize: numbers that lie halfway") {
  DynamicQuantize op;
  op.asymmetric = true;
  op.leading = 0;
  Tensor x(DType::f32, {7});
  std::copy_n(std::array{31.875f, 0.3125f, 0.4375f, 12.5625f, 15.9375f, 16.0625f, 25.0625f}.data(), 7,
              x.as<float>());
  const std::vector<Input> inputs{{x}};
  check_exact_emitter(make_op(DynamicQuantize(op)), inputs);
  testing::NodeRun node(make_op(DynamicQuantize(op)), inputs, kernels::Isa::baseline);
  const std::vector<Tensor> found = node.expected(inputs);
  const int wanted[] = {255, 3, 4, 101, 128, 129, 201};
  for (int i = 0; i < 7; ++i) CHECK(found[0].as<std::int8_t>()[i] + 128 == wanted[i]);
}

TEST_CASE("hybrid_mat_mul: rows with zero points and without") {
  for (const bool symmetric : {false, true})
    for (const bool first : {false, true})
      for (const auto& [m, k, n] : {std::array<std::int64_t, 3>{1, 30, 5}, {7, 64, 48}, {33, 129, 70}}) {
        HybridMatMul op;
        op.end = end_for(n, first);
        check_exact_emitter(make_op(HybridMatMul(op)), hybrid_inputs({m, k}, {k, n}, {m}, symmetric, first));
      }
}

TEST_CASE("hybrid_conv: a product, and channel by channel") {
  for (const bool symmetric : {false, true})
    for (const auto& [groups, channels] : {std::pair{1, 24}, {24, 24}, {8, 8}, {100, 100}})
      for (const std::int64_t stride : {1, 2}) {
        HybridConv op;
        op.strides = {stride, stride};
        op.dilations = {1, 1};
        op.groups = groups;
        op.padding = Padding::same();
        op.end = end_for(channels, symmetric);
        check_exact_emitter(
            make_op(HybridConv(op)),
            hybrid_inputs({3, 9, 11, channels}, {3, 3, channels / groups, channels}, {3}, symmetric, true));
      }
}

}  // namespace vivace::cpu
