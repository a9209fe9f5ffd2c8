// Convolutions: plain, depthwise and transposed, in two and three dimensions.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {

Padding padding_of(Call& call, int kind, std::size_t axes) {
  if (kind != 0 && kind != 1) call.mistake(text("its padding has the number {}", kind));
  return kind == 0 ? Padding::same() : Padding::valid(axes);
}

namespace {

void finish(Call& call, Conv op, ValueId x, ValueId weights, int padding, int fused) {
  op.padding = padding_of(call, padding, op.strides.size());
  if (call.dtype(weights) == DType::i8 && call.dtype(x) == DType::f32)
    return call.output(activated(call, dynamic_convolution(call, op, x, weights), fused));
  op.epilogue.activation = call.activation(fused);
  call.output(call.add(op, {x, weights, call.optional_weight(2)}));
}

void conv_2d(Call& call) {
  const auto& o = call.options<schema::Conv2DOptions>();
  const ValueId x = call.input();
  call.want_rank(x, 4, 4);
  const Sizes order{1, 2, 3, 0};
  ValueId weights = is_dynamic_range(call) ? integer_weight(call, 1, order) : call.weight(1, order);
  call.want_rank(weights, 4, 4);
  const std::int64_t channels = call.size(x, 3), each = call.size(weights, 2);
  if (each <= 0 || channels % each != 0) call.mistake(text("{} channels in groups of {}", channels, each));
  Conv op = with(Conv{}, &Conv::strides, Sizes{o.stride_h(), o.stride_w()}, &Conv::dilations,
                 Sizes{o.dilation_h_factor(), o.dilation_w_factor()});
  op.groups = call.failed() ? 1 : channels / each;
  if (op.groups > 1) weights = call.weight(1, order);  // TensorFlow Lite has no dynamic range for groups
  finish(call, std::move(op), x, weights, o.padding(), o.fused_activation_function());
}

// Weights [1, kh, kw, C M], channel c M + m.
void depthwise_conv_2d(Call& call) {
  const auto& o = call.options<schema::DepthwiseConv2DOptions>();
  const ValueId x = call.input();
  call.want_rank(x, 4, 4);
  const Sizes order{1, 2, 0, 3};
  const ValueId weights = is_dynamic_range(call) ? integer_weight(call, 1, order) : call.weight(1, order);
  Conv op = with(Conv{}, &Conv::strides, Sizes{o.stride_h(), o.stride_w()}, &Conv::dilations,
                 Sizes{o.dilation_h_factor(), o.dilation_w_factor()});
  op.groups = call.size(x, 3);
  finish(call, std::move(op), x, weights, o.padding(), o.fused_activation_function());
}

void conv_3d(Call& call) {
  const auto& o = call.options<schema::Conv3DOptions>();
  const ValueId x = call.input();
  call.want_rank(x, 5, 5);
  Conv op = with(Conv{}, &Conv::strides, Sizes{o.stride_d(), o.stride_h(), o.stride_w()}, &Conv::dilations,
                 Sizes{o.dilation_d_factor(), o.dilation_h_factor(), o.dilation_w_factor()});
  finish(call, std::move(op), x, call.weight(1), o.padding(), o.fused_activation_function());
}

// The file says how large the output is. What is cropped follows from that: TensorFlow's padding of a
// convolution that leads from the output back to the input, its smaller half before.
void crop_axis(Call& call, Cropped& found, bool same, std::int64_t stride, std::int64_t reach,
               std::int64_t in, std::int64_t out) {
  if (stride <= 0 || reach <= 0 || out <= 0)
    return call.mistake(text("strides of {}, a kernel that reaches {}, sizes of {}", stride, reach, out));
  const std::int64_t back = same ? (out + stride - 1) / stride : (out - reach + stride) / stride;
  const std::int64_t before = std::max<std::int64_t>((back - 1) * stride + reach - out, 0) / 2;
  const std::int64_t after = (in - 1) * stride + reach - before - out;
  found.padding.before.push_back(before);
  found.padding.after.push_back(std::max<std::int64_t>(after, 0));
  found.output_padding.push_back(std::max<std::int64_t>(-after, 0));
}

}  // namespace

Cropped crop_to(Call& call, ValueId x, ValueId weights, const Sizes& sizes, const Sizes& strides,
                const Sizes& dilations, int padding) {
  Cropped found;
  const auto axes = static_cast<std::int64_t>(strides.size());
  call.want_rank(x, axes + 2, axes + 2);
  const bool same = padding_of(call, padding, strides.size()).mode == Padding::Mode::same;
  for (std::size_t i = 0; i < sizes.size() && !call.failed(); ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    const std::int64_t reach = (call.size(weights, axis) - 1) * dilations[i] + 1;
    crop_axis(call, found, same, strides[i], reach, call.size(x, axis + 1), sizes[i]);
  }
  return found;
}

Cropped crop_to_output(Call& call, ValueId x, ValueId weights, const Sizes& strides, const Sizes& dilations,
                       int padding) {
  const auto content = call.content(0);
  const bool fits = content && content->size() == strides.size() + 2;
  Sizes sizes;
  for (std::size_t i = 0; i < strides.size() && !call.failed(); ++i) {
    if (!fits || !(*content)[i + 1].known()) {
      call.refuse("the sizes of its output are not known beforehand", "convert the model with fixed sizes");
      return {};
    }
    sizes.push_back((*content)[i + 1].number());
  }
  return crop_to(call, x, weights, sizes, strides, dilations, padding);
}

namespace {

void transposed(Call& call, ConvTranspose op, const Sizes& order, int padding, int fused) {
  const ValueId x = call.input(2), weights = call.weight(1, order);
  const Cropped cropped = crop_to_output(call, x, weights, op.strides, op.dilations, padding);
  op.padding = cropped.padding;
  op.output_padding = cropped.output_padding;
  op.epilogue.activation = call.activation(fused);
  call.output(call.add(op, {x, weights, call.optional_weight(3)}));
}

void transpose_conv(Call& call) {
  const auto& o = call.options<schema::TransposeConvOptions>();
  const ConvTranspose op = with(ConvTranspose{}, &ConvTranspose::strides, Sizes{o.stride_h(), o.stride_w()},
                                &ConvTranspose::dilations, Sizes{1, 1});
  transposed(call, op, {1, 2, 0, 3}, o.padding(), o.fused_activation_function());
}

void conv_3d_transpose(Call& call) {
  const auto& o = call.options<schema::Conv3DOptions>();
  const ConvTranspose op = with(ConvTranspose{}, &ConvTranspose::strides,
                                Sizes{o.stride_d(), o.stride_h(), o.stride_w()}, &ConvTranspose::dilations,
                                Sizes{o.dilation_d_factor(), o.dilation_h_factor(), o.dilation_w_factor()});
  transposed(call, op, {}, o.padding(), o.fused_activation_function());
}

constexpr Rule kRules[] = {
    {Code::CONV_2D, conv_2d, OptionsKind::Conv2DOptions},
    {Code::DEPTHWISE_CONV_2D, depthwise_conv_2d, OptionsKind::DepthwiseConv2DOptions},
    {Code::CONV_3D, conv_3d, OptionsKind::Conv3DOptions},
    {Code::TRANSPOSE_CONV, transpose_conv, OptionsKind::TransposeConvOptions},
    {Code::CONV_3D_TRANSPOSE, conv_3d_transpose, OptionsKind::Conv3DOptions},
};

}  // namespace

std::span<const Rule> convolution_rules() { return kRules; }

}  // namespace vivace::tflite
