// Convolutions and matrix products of integers.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/build/constants.h"
#include "import/tflite/operators/quantised/spaces.h"

namespace vivace::tflite {
namespace {

// What activations, weights and output have to do with each other.
struct Product {
  Space x, y;
  std::int64_t weights_zero = 0;
  std::vector<double> multipliers;
  bool even = false;  // XNNPACK's multipliers, in float throughout
};

// One scale for all weights, or one for each of the output's channels. TensorFlow Lite multiplies the scales
// of x and weights in double, or first in float where `in_float` says so.
Product product_of(Call& call, std::size_t x, std::size_t weights, bool in_float) {
  Product found{space_of(call, x), output_space(call), 0, {}};
  if (call.failed()) return found;
  const TensorRecord& record = call.tensor(weights);
  const Quantisation& q = record.quantisation;
  if (q.scales.empty()) {
    call.refuse(q.block_size > 0 ? "its weights have scales for blocks" : "its weights have no scale",
                "convert the model with one scale for each channel");
    return found;
  }
  const DType wanted = found.x.dtype == DType::u8 ? DType::u8 : DType::i8;
  const bool fits =
      dtype_of(record.type) == wanted || (found.x.dtype == DType::i16 && record.type == Type::i16);
  if (!fits || found.y.dtype != found.x.dtype)
    call.refuse(text("it takes {} with {} to {}", name_of(call.tensor(x).type), name_of(record.type),
                     name_of(call.output_tensor().type)),
                "convert the model with activations and weights of int8");
  found.weights_zero = q.zero_point();
  for (std::size_t i = 0; i < q.scales.size(); ++i) {
    if (q.zero_point(i) != found.weights_zero && i < q.zero_points.size())
      call.refuse("its weights have several zero points", "convert the model with symmetric weights");
    const double product = in_float ? static_cast<double>(found.x.scale * q.scales[i])
                                    : static_cast<double>(found.x.scale) * static_cast<double>(q.scales[i]);
    found.multipliers.push_back(product / static_cast<double>(found.y.scale));
  }
  return found;
}

// XNNPACK's factors where it is to round and takes them.
void round_as_xnnpack(Call& call, Product& product, std::size_t weights) {
  if (call.failed() || !rounds_as_xnnpack(call, product.x)) return;
  std::vector<double> multipliers;
  for (const float scale : call.quantisation(weights).scales)
    multipliers.push_back(static_cast<double>(product.x.scale * scale / product.y.scale));
  product.even = between(multipliers, 0, 256);
  if (product.even) product.multipliers = std::move(multipliers);
}

// The end of a convolution, plain, depthwise or transposed, with its bias at input `bias`.
template <class Op>
void set_ends(Call& call, Op& op, const Product& product, std::size_t bias, int fused) {
  const bool narrow = call.has(bias) && call.tensor(bias).type == Type::i32;
  const bool wide = product.x.dtype == DType::i16 && !narrow;
  if (product.x.dtype != DType::u8 && product.weights_zero != 0)
    call.refuse("its weights have a zero point", "convert the model with symmetric weights");
  op.input_zero = product.x.zero;
  op.weights_zero = product.weights_zero;
  op.end = end_of(call, product.y, product.multipliers, fused,
                  product.even ? Rounding::float_even
                  : wide       ? Rounding::fixed16
                               : Rounding::fixed31);
}

Product convolution(Call& call, std::size_t x, std::size_t weights, bool taken_by_xnnpack = true) {
  const bool bytes = call.has(x) && call.tensor(x).type == Type::u8;
  Product product = product_of(call, x, weights, bytes);
  if (taken_by_xnnpack) round_as_xnnpack(call, product, weights);
  return product;
}

template <class Options>
void convolve(Call& call, const Sizes& order, bool depthwise) {
  const auto& o = call.options<Options>();
  const ValueId x = call.input();
  call.want_rank(x, 4, 4);
  const ValueId weights = integer_weight(call, 1, order);
  call.want_rank(weights, 4, 4);
  const std::int64_t channels = call.size(x, 3), each = depthwise ? 1 : call.size(weights, 2);
  if (each <= 0 || channels % each != 0) call.mistake(text("{} channels in groups of {}", channels, each));
  if (call.failed()) return;
  QConv op = with(QConv{}, &QConv::strides, Sizes{o.stride_h(), o.stride_w()}, &QConv::dilations,
                  Sizes{o.dilation_h_factor(), o.dilation_w_factor()}, &QConv::groups, channels / each);
  op.padding = padding_of(call, o.padding(), 2);
  // The delegate wants the one scale of bytes without a sign to be said of axis 0.
  const bool axis = !depthwise || call.tensor(0).type != Type::u8 || call.quantisation(1).axis == 0;
  set_ends(call, op, convolution(call, 0, 1, axis), 2, o.fused_activation_function());
  call.output(call.add(op, {x, weights, call.optional(2)}));
}

void conv_2d(Call& call) { convolve<schema::Conv2DOptions>(call, {1, 2, 3, 0}, false); }
// Weights [1, kh, kw, C M], channel c M + m.
void depthwise(Call& call) { convolve<schema::DepthwiseConv2DOptions>(call, {1, 2, 0, 3}, true); }

void transpose_conv(Call& call) {
  const auto& o = call.options<schema::TransposeConvOptions>();
  const ValueId x = call.input(2), weights = integer_weight(call, 1, {1, 2, 0, 3});
  QConvTranspose op = with(QConvTranspose{}, &QConvTranspose::strides, Sizes{o.stride_h(), o.stride_w()},
                           &QConvTranspose::dilations, Sizes{1, 1});
  const Cropped cropped = crop_to_output(call, x, weights, op.strides, op.dilations, o.padding());
  op.padding = cropped.padding;
  op.output_padding = cropped.output_padding;
  if (!call.failed()) set_ends(call, op, convolution(call, 2, 1), 3, o.fused_activation_function());
  call.output(call.add(op, {x, weights, call.optional(3)}));
}

void fully_connected(Call& call) {
  const auto& o = call.options<schema::FullyConnectedOptions>();
  const ValueId weights = call.input(1), x = rows_of(call, weights);
  Product product = product_of(call, 0, 1, false);
  round_as_xnnpack(call, product, 1);
  if (call.failed()) return;
  const QMatMul op = with(QMatMul{}, &QMatMul::transpose_b, true, &QMatMul::a_zero, product.x.zero,
                          &QMatMul::b_zero, product.weights_zero, &QMatMul::end,
                          end_of(call, product.y, product.multipliers, o.fused_activation_function(),
                                 product.even ? Rounding::float_even : Rounding::real));
  call.output(call.add(op, {x, weights, call.optional(2)}));
}

void batch_mat_mul(Call& call) {
  const auto& o = call.options<schema::BatchMatMulOptions>();
  const ValueId a = call.input(0), b = call.input(1);
  if (call.failed()) return;
  const Product product = product_of(call, 0, 1, true);
  const Rounding rounding = product.x.dtype == DType::i16 ? Rounding::fixed16 : Rounding::fixed31;
  const QMatMul op = with(QMatMul{}, &QMatMul::transpose_a, o.adj_x(), &QMatMul::transpose_b, o.adj_y(),
                          &QMatMul::a_zero, product.x.zero, &QMatMul::b_zero, product.weights_zero,
                          &QMatMul::end, end_of(call, product.y, product.multipliers, 0, rounding));
  call.output(call.add(op, {a, b}));
}

constexpr QuantisedRule kRules[] = {
    {Code::CONV_2D, conv_2d},
    {Code::DEPTHWISE_CONV_2D, depthwise},
    {Code::TRANSPOSE_CONV, transpose_conv},
    {Code::FULLY_CONNECTED, fully_connected},
    {Code::BATCH_MATMUL, batch_mat_mul},
};

}  // namespace

std::span<const QuantisedRule> quantised_linear_rules() { return kRules; }

}  // namespace vivace::tflite
