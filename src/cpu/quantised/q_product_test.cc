// Products of bytes against the operators' references, which are TensorFlow Lite's bit for bit.
#include <doctest/doctest.h>

#include <cmath>

#include "cpu/common/testing.h"
#include "ops/quantised/q_conv.h"
#include "ops/quantised/q_mat_mul.h"

namespace vivace::cpu {
namespace {

using testing::check_exact_emitter;
using testing::constant;
using testing::Input;
using testing::random_tensor;

Tensor random_bytes(DType dtype, Shape dims, unsigned seed) {
  const IntegerRange range = range_of(dtype);
  return random_tensor(dtype, std::move(dims), seed, static_cast<double>(range.low),
                       static_cast<double>(range.high));
}

// Multipliers such that outputs spread over all bytes, one for each channel.
Requantisation end_for(DType result, std::int64_t channels, std::int64_t depth) {
  Requantisation end;
  end.result = result;
  end.zero = result == DType::i8 ? -3 : 120;
  end.low = range_of(result).low;
  end.high = range_of(result).high;
  end.multipliers.clear();
  for (std::int64_t c = 0; c < channels; ++c)
    end.multipliers.push_back(0.02 / static_cast<double>(depth + 1) * static_cast<double>(1 + c % 5));
  return end;
}

struct Case {
  Shape x, kernel;  // kernel: [kh, kw, C, O]
  std::int64_t stride, dilation, pad;
};

std::vector<Input> conv_inputs(const Case& c, DType x, DType weights, bool bias) {
  std::vector<Input> inputs{{random_bytes(x, c.x, 1)}, constant(random_bytes(weights, c.kernel, 2))};
  if (bias) inputs.push_back(constant(random_tensor(DType::i32, {c.kernel[3]}, 3, -9000, 9000)));
  return inputs;
}

QConv conv_of(const Case& c, DType x, DType weights) {
  QConv op;
  op.strides = {c.stride, c.stride};
  op.dilations = {c.dilation, c.dilation};
  op.padding.before = {c.pad, c.pad};
  op.padding.after = {c.pad, c.pad};
  op.input_zero = x == DType::i8 ? -7 : 131;
  op.weights_zero = weights == DType::i8 ? 0 : 117;
  op.end = end_for(x, c.kernel[3], c.kernel[0] * c.kernel[1] * c.kernel[2]);
  return op;
}

const Case kCases[] = {{{1, 5, 5, 3}, {3, 3, 3, 5}, 1, 1, 1},     {{2, 9, 7, 4}, {3, 3, 4, 16}, 2, 1, 1},
                       {{1, 6, 11, 17}, {1, 1, 17, 33}, 1, 1, 0}, {{3, 4, 4, 8}, {2, 3, 8, 48}, 1, 1, 0},
                       {{1, 13, 13, 6}, {3, 3, 6, 20}, 1, 2, 2},  {{1, 8, 8, 1}, {5, 5, 1, 64}, 2, 1, 4},
                       {{1, 1, 1, 1}, {1, 1, 1, 1}, 1, 1, 0},     {{2, 40, 40, 64}, {3, 3, 64, 70}, 1, 1, 1}};

}  // namespace

TEST_CASE("q_conv: signed bytes, a factor for each channel, with and without bias") {
  for (const Case& c : kCases)
    for (const bool bias : {false, true})
      check_exact_emitter(make_op(conv_of(c, DType::i8, DType::i8)),
                          conv_inputs(c, DType::i8, DType::i8, bias));
}

TEST_CASE("q_conv: unsigned bytes with zero points, and one factor") {
  for (const Case& c : kCases)
    for (const DType weights : {DType::u8, DType::i8}) {
      QConv op = conv_of(c, DType::u8, weights);
      op.end.multipliers = {op.end.multipliers[0]};
      op.end.low = 3;
      op.end.high = 200;
      check_exact_emitter(make_op(std::move(op)), conv_inputs(c, DType::u8, weights, true));
    }
}

TEST_CASE("q_conv: factors above one, tiny ones, and biases as large as they get") {
  const Case c{{1, 4, 4, 3}, {3, 3, 3, 19}, 1, 1, 1};
  for (const double scale : {1.0, 0.5, 0.25, 3.7, 900.0, 1e-7, 1e-10, 0.0}) {
    QConv op = conv_of(c, DType::i8, DType::i8);
    for (double& m : op.end.multipliers) m = scale;
    std::vector<Input> inputs = conv_inputs(c, DType::i8, DType::i8, false);
    inputs.push_back(constant(random_tensor(DType::i32, {19}, 4, -2147483648.0, 2147483647.0)));
    check_exact_emitter(make_op(std::move(op)), inputs);
  }
}

TEST_CASE("q_conv: in float32 to nearest even, as XNNPACK rounds") {
  for (const Case& c : kCases)
    for (const double scale : {1.0, 3000.0, 0.0}) {
      QConv op = conv_of(c, DType::i8, DType::i8);
      op.end.rounding = Rounding::float_even;
      for (double& m : op.end.multipliers) m *= scale;
      check_exact_emitter(make_op(std::move(op)), conv_inputs(c, DType::i8, DType::i8, true));
    }
  for (const std::int64_t channels : {3, 16, 40}) {
    const Case c{{1, 9, 11, channels}, {3, 3, 1, channels}, 1, 1, 1};
    QConv op = conv_of(c, DType::u8, DType::u8);
    op.groups = channels;
    op.end.rounding = Rounding::float_even;
    check_exact_emitter(make_op(std::move(op)), conv_inputs(c, DType::u8, DType::u8, true));
  }
}

TEST_CASE("q_conv: channel by channel") {
  const std::int64_t shapes[][4] = {
      {1, 5, 9, 3}, {2, 11, 17, 16}, {1, 7, 7, 40}, {1, 30, 30, 100}, {1, 3, 1, 33}};
  for (const auto& [n, h, w, channels] : shapes)
    for (const std::int64_t kernel : {1, 2, 3, 5})
      for (const std::int64_t stride : {1, 2})
        for (const auto& [x, weights] : {std::pair{DType::i8, DType::i8}, {DType::u8, DType::u8}}) {
          const Case c{
              {n, h, w, channels}, {kernel, kernel, 1, channels}, stride, kernel == 2 ? 2 : 1, kernel / 2};
          if (w + 2 * c.pad < (kernel - 1) * c.dilation + 1) continue;
          QConv op = conv_of(c, x, weights);
          op.groups = channels;
          check_exact_emitter(make_op(std::move(op)), conv_inputs(c, x, weights, true));
        }
}

// Vectors that hold several places, pieces of them, and parts of the channels; kernels of one and of many
// rows.
TEST_CASE("q_conv: channel by channel, every cut of channels and places") {
  struct Depthwise {
    std::int64_t height, width, channels, rows, columns, stride;
  };
  const Depthwise cases[] = {{4, 9, 4, 3, 3, 1},    {5, 70, 8, 3, 3, 1},   {4, 13, 8, 3, 3, 2},
                             {5, 11, 16, 3, 3, 1},  {9, 21, 16, 3, 3, 2},  {6, 10, 32, 5, 5, 1},
                             {7, 15, 32, 3, 3, 2},  {4, 6, 12, 3, 3, 1},   {5, 9, 80, 3, 3, 2},
                             {3, 150, 20, 3, 3, 1}, {6, 33, 96, 3, 3, 2},  {4, 8, 64, 3, 3, 3},
                             {9, 5, 144, 5, 5, 2},  {9, 12, 48, 7, 1, 1},  {3, 40, 65, 1, 9, 1},
                             {12, 4, 24, 10, 4, 1}, {2, 100, 1, 1, 80, 1}, {4, 7, 31, 4, 4, 1}};
  for (const Depthwise& d : cases)
    for (const std::int64_t dilation : {1, 2})
      for (const int end : {0, 1, 2}) {
        if (dilation == 2 && (d.rows > 5 || d.columns > 5)) continue;
        const Case c{
            {1, d.height, d.width, d.channels}, {d.rows, d.columns, 1, d.channels}, d.stride, dilation, 0};
        QConv op = conv_of(c, DType::i8, DType::i8);
        op.groups = d.channels;
        op.padding = Padding::same();
        if (end == 1) op.end.low = op.end.zero;  // as ReLU's
        if (end == 2)
          for (double& m : op.end.multipliers) m *= 2000.0;  // beyond 16 bits
        check_exact_emitter(make_op(std::move(op)), conv_inputs(c, DType::i8, DType::i8, true));
      }
}

// Columns that slide through registers: images narrower than the kernel, padding of any width on either side,
// and the last bytes of an image.
TEST_CASE("q_conv: channel by channel, at every edge") {
  for (const std::int64_t channels : {16, 24, 64, 100})
    for (const std::int64_t kernel : {3, 5})
      for (const std::int64_t stride : {1, 2})
        for (const std::int64_t width : {1, 2, 4, 7})
          for (const auto& [before, after] :
               {std::pair{0, 0}, {1, 1}, {2, 2}, {0, 1}, {4, 0}, {1, 6}, {0, 9}}) {
            if (width + before + after < kernel) continue;
            const Case c{{2, 5, width, channels}, {kernel, kernel, 1, channels}, stride, 1, 0};
            QConv op = conv_of(c, DType::i8, DType::i8);
            op.groups = channels;
            op.padding.before = {1, before};
            op.padding.after = {2, after};
            if (before == 1) op.end.low = op.end.zero;
            check_exact_emitter(make_op(std::move(op)), conv_inputs(c, DType::i8, DType::i8, true));
          }
}

// Sums on every side of a tie of the last rounding.
TEST_CASE("q_conv: results at ties and near them") {
  for (const std::int64_t low : {-128, -3})
    for (const int shift : {1, 2, 5, 9, 12}) {
      const Case c{{1, 16, 16, 64}, {1, 1, 1, 64}, 1, 1, 0};
      QConv op = conv_of(c, DType::i8, DType::i8);
      op.groups = 64;
      op.end.low = low;
      for (std::size_t i = 0; i < 64; ++i)
        op.end.multipliers[i] = std::ldexp(1.0 + (i % 4 == 0 ? 0.0 : static_cast<double>(i) * 1e-7), -shift);
      std::vector<Input> inputs = conv_inputs(c, DType::i8, DType::i8, false);
      check_exact_emitter(make_op(QConv(op)), inputs);
      QConv product = op;
      product.groups = 1;
      std::vector<Input> all{inputs[0], constant(random_bytes(DType::i8, {1, 1, 64, 64}, 2))};
      check_exact_emitter(make_op(std::move(product)), all);
    }
}

TEST_CASE("products of nothing are no mistake") {
  for (const auto& [x, kernel] : {std::pair<Shape, Shape>{{1, 4, 0, 3}, {2, 2, 3, 5}},
                                  {{1, 4, 4, 0}, {2, 2, 0, 5}},
                                  {{0, 4, 4, 3}, {2, 2, 3, 5}},
                                  {{1, 4, 4, 3}, {2, 2, 3, 0}}}) {
    const Case c{x, kernel, 2, 1, 0};
    QConv op = conv_of(c, DType::i8, DType::i8);
    op.padding = Padding::same();
    op.end.multipliers = {0.1};
    for (const bool vnni : {false, true}) {
      const InstructionSet set{kernels::Isa::avx2, vnni};
      if (!runs(machine::read_cpu_features(), set)) continue;
      const std::vector<Input> inputs = conv_inputs(c, DType::i8, DType::i8, false);
      testing::NodeRun node(make_op(QConv(op)), inputs, set);
      CHECK(testing::same_bits(node.run(inputs, 1)[0], node.expected(inputs)[0]));
    }
  }
}

TEST_CASE("q_mat_mul: rows times a matrix, straight and transposed, in both roundings") {
  for (const Rounding rounding : {Rounding::fixed31, Rounding::real})
    for (const bool transposed : {false, true})
      for (const auto& [m, k, n] :
           {std::array<std::int64_t, 3>{1, 7, 3}, {5, 64, 40}, {19, 33, 17}, {70, 300, 100}}) {
        QMatMul op;
        op.transpose_b = transposed;
        op.a_zero = 5;
        op.end = end_for(DType::i8, n, k);
        op.end.rounding = rounding;
        check_exact_emitter(make_op(std::move(op)),
                            {{random_bytes(DType::i8, {m, k}, 1)},
                             constant(random_bytes(DType::i8, transposed ? Shape{n, k} : Shape{k, n}, 2)),
                             constant(random_tensor(DType::i32, {n}, 3, -5000, 5000))});
      }
}

}  // namespace vivace::cpu
