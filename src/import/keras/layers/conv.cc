// Convolutions: plain, depthwise, separable and transposed, in one, two and three dimensions.
#include <algorithm>

#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/build/window.h"

namespace vivace::keras {
namespace {

template <std::size_t kAxes>
ValueId image(Call& call) {
  const ValueId x = call.to_channels_last(call.float_input());
  call.want_rank(x, static_cast<std::int64_t>(kAxes) + 2);
  return x;
}

void finish(Call& call, ValueId y) { call.output(call.from_channels_last(call.activated(y))); }

template <std::size_t kAxes>
void conv(Call& call) {
  const Window w = window_of(call.config(), kAxes, kAxes == 1);
  const ValueId x = image<kAxes>(call);
  const std::int64_t filters = call.config().size("filters");
  const std::int64_t groups = call.config().size("groups", 1);
  const std::int64_t channels = call.size(x, -1);
  if (channels % groups != 0 || filters % groups != 0)
    call.config().mistake("groups", "a divisor of the channels that come in and of the filters");
  const ValueId kernel = call.weight("kernel", w.with_channels(channels / groups, filters), "filters");
  finish(call, call.add(w.convolution(groups), {x, kernel, call.bias(filters, "filters")}));
}

// Keras's kernel [k..., C, M] is the engine's [k..., 1, C M].
ValueId depthwise_kernel(Call& call, std::string_view name, const Window& w, std::int64_t channels,
                         std::int64_t multiplier) {
  const ValueId kernel = call.weight(name, w.with_channels(channels, multiplier), "depth_multiplier");
  return call.reshaped(kernel, w.with_channels(1, channels * multiplier));
}

template <std::size_t kAxes>
void depthwise(Call& call) {
  const Window w = window_of(call.config(), kAxes, kAxes == 1);
  const ValueId x = image<kAxes>(call);
  const std::int64_t channels = call.size(x, -1);
  const std::int64_t multiplier = call.config().size("depth_multiplier", 1);
  const ValueId kernel = depthwise_kernel(call, "depthwise_kernel", w, channels, multiplier);
  finish(call, call.add(w.convolution(channels),
                        {x, kernel, call.bias(channels * multiplier, "depth_multiplier")}));
}

template <std::size_t kAxes>
void separable(Call& call) {
  const Window w = window_of(call.config(), kAxes, kAxes == 1);
  const ValueId x = image<kAxes>(call);
  const std::int64_t channels = call.size(x, -1);
  const std::int64_t multiplier = call.config().size("depth_multiplier", 1);
  const std::int64_t filters = call.config().size("filters");
  const ValueId first = depthwise_kernel(call, "depthwise_kernel", w, channels, multiplier);
  const Sizes ones(kAxes, 1);
  const Window mix{ones, ones, ones, Padding::valid(kAxes)};
  const ValueId second =
      call.weight("pointwise_kernel", mix.with_channels(channels * multiplier, filters), "filters");
  const ValueId spread = call.add(w.convolution(channels), {x, first}, "depthwise");
  finish(call, call.add(mix.convolution(), {spread, second, call.bias(filters, "filters")}));
}

std::int64_t reach_of(const Window& w, std::size_t axis) {
  return (w.kernel[axis] - 1) * w.dilations[axis] + 1;
}

// Crops `total` from an axis as TensorFlow does, the smaller half before; what is less than nothing is added
// behind.
void crop(ConvTranspose& op, std::size_t axis, std::int64_t total) {
  op.padding.before[axis] = std::max<std::int64_t>(total, 0) / 2;
  op.padding.after[axis] = std::max<std::int64_t>(total, 0) - op.padding.before[axis];
  op.output_padding[axis] = std::max<std::int64_t>(-total, 0);
}

// Keras 1's Deconvolution has its output's shape in its config, the batch and the channels included, and so
// chooses among the sizes whose convolution would give the input's; later releases have output_padding. False
// where the config has none.
bool crop_to_shape(Call& call, const Window& w, ValueId x, ConvTranspose& op) {
  const Setting* shape = call.config().find("output_shape");
  if (!shape) return false;
  const std::size_t axes = w.kernel.size(), first = call.channels_first() ? 2 : 1;
  const bool same = w.padding.mode == Padding::Mode::same;
  bool good = shape->is(Setting::Kind::list) && shape->items.size() == axes + 2;
  for (std::size_t i = 0; i < axes && good; ++i) {
    const Setting& wanted = shape->items[first + i];
    const std::int64_t in = call.size(x, static_cast<std::int64_t>(i) + 1);
    const std::int64_t largest =
        same ? in * w.strides[i] : (in - 1) * w.strides[i] + reach_of(w, i) + w.strides[i] - 1;
    good = wanted.is(Setting::Kind::integer) && wanted.integer <= largest &&
           wanted.integer > largest - w.strides[i] && wanted.integer > 0;
    if (good) crop(op, i, (in - 1) * w.strides[i] + reach_of(w, i) - wanted.integer);
  }
  if (!good && !call.failed())
    call.config().mistake(
        "output_shape", "the batch, the channels, and sizes that stride and kernel can make of its input's");
  return true;
}

// What TensorFlow crops, which follows from the output size that Keras asks it for: (in-1) stride + kernel
// - 2 pad + output_padding, or in * stride + max(kernel - stride, 0) where output_padding is left out.
void set_cropping(Call& call, const Window& w, ValueId x, ConvTranspose& op) {
  const std::size_t axes = w.kernel.size();
  const bool same = w.padding.mode == Padding::Mode::same;
  op.output_padding.assign(axes, 0);
  op.padding = Padding::valid(axes);
  if (crop_to_shape(call, w, x, op)) return;
  if (!call.config().has("output_padding")) {
    if (same) op.padding = Padding::same();
    for (std::size_t i = 0; i < axes && !same; ++i)
      op.output_padding[i] = std::max<std::int64_t>(w.strides[i] - reach_of(w, i), 0);
    return;
  }
  const Sizes extra = call.config().integers("output_padding");
  if (extra.size() != 1 && extra.size() != axes)
    call.config().mistake("output_padding", "one number an axis");
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int64_t more = extra.size() == axes ? extra[i] : extra.empty() ? 0 : extra[0];
    if (more < 0 || more >= w.strides[i])
      call.config().mistake("output_padding", text("less than strides={}", w.strides[i]));
    crop(op, i, (same ? 2 * (reach_of(w, i) / 2) : 0) - more);
  }
}

template <std::size_t kAxes>
void transposed(Call& call) {
  const Window w = window_of(call.config(), kAxes);
  const ValueId x = image<kAxes>(call);
  const std::int64_t filters = call.config().size("filters");
  ConvTranspose op =
      with(ConvTranspose{}, &ConvTranspose::strides, w.strides, &ConvTranspose::dilations, w.dilations);
  set_cropping(call, w, x, op);
  const ValueId kernel = call.weight("kernel", w.with_channels(filters, call.size(x, -1)), "filters");
  finish(call, call.add(op, {x, kernel, call.bias(filters, "filters")}));
}

constexpr std::string_view kPlain = "kernel bias?use_bias";
constexpr std::string_view kDepthwise = "depthwise_kernel bias?use_bias";
constexpr std::string_view kSeparable = "depthwise_kernel pointwise_kernel bias?use_bias";

constexpr Rule kRules[] = {
    {"Conv1D", conv<1>, kPlain},
    {"Conv2D", conv<2>, kPlain},
    {"Conv3D", conv<3>, kPlain},
    {"DepthwiseConv1D", depthwise<1>, kDepthwise},
    {"DepthwiseConv2D", depthwise<2>, kDepthwise},
    {"SeparableConv1D", separable<1>, kSeparable},
    {"SeparableConv2D", separable<2>, kSeparable},
    {"Conv1DTranspose", transposed<1>, kPlain},
    {"Conv2DTranspose", transposed<2>, kPlain},
    {"Conv3DTranspose", transposed<3>, kPlain},
};

}  // namespace

std::span<const Rule> conv_rules() { return kRules; }

}  // namespace vivace::keras
