// Pooling over windows and over whole axes.
#include "import/keras/build/adaptive_pool.h"
#include "import/keras/build/rule.h"
#include "import/keras/build/window.h"

namespace vivace::keras {
namespace {

template <std::size_t kAxes, Pool::Kind kKind>
void pool(Call& call) {
  const Config& config = call.config();
  const ValueId x = call.to_channels_last(call.input());
  call.want_rank(x, static_cast<std::int64_t>(kAxes) + 2);
  Pool op = with(Pool{}, &Pool::kind, kKind, &Pool::window, config.sizes("pool_size", kAxes, 2),
                 &Pool::dilations, Sizes(kAxes, 1));
  op.strides = config.has("strides") ? config.sizes("strides", kAxes) : op.window;
  op.padding = pads_same(config) ? Padding::same() : Padding::valid(kAxes);
  call.output(call.from_channels_last(call.add(op, {x})));
}

// The mean of the steps that count.
void masked_mean(Call& call, ValueId mask) {
  const Reduce op = with(Reduce{}, &Reduce::kind, Reduce::Kind::mean, &Reduce::axes, Sizes{1},
                         &Reduce::keep_dims, call.config().flag("keepdims", false));
  const ValueId y =
      call.add(op, {call.to_channels_last(call.input()), call.cast(mask, DType::boolean, "mask")});
  call.output(op.keep_dims ? call.from_channels_last(y) : y, kNoValue);
}

template <std::size_t kAxes, Reduce::Kind kKind>
void global_pool(Call& call) {
  const ValueId x = call.input();
  call.want_rank(x, static_cast<std::int64_t>(kAxes) + 2);
  if (kAxes == 1 && kKind == Reduce::Kind::mean) {
    const ValueId given = call.tensor_option("mask", 1), mask = given == kNoValue ? call.mask() : given;
    if (mask != kNoValue) return masked_mean(call, mask);
  }
  const std::int64_t first = call.channels_first() ? 2 : 1;
  Reduce op = with(Reduce{}, &Reduce::kind, kKind, &Reduce::keep_dims, call.config().flag("keepdims", false));
  for (std::size_t axis = 0; axis < kAxes; ++axis) op.axes.push_back(first + static_cast<std::int64_t>(axis));
  call.output(call.add(op, {x}), kNoValue);
}

template <std::size_t kAxes, Pool::Kind kKind>
void adaptive(Call& call) {
  const ValueId x = call.to_channels_last(call.float_input());
  call.want_rank(x, static_cast<std::int64_t>(kAxes) + 2);
  const Sizes sizes = call.config().sizes("output_size", kAxes);
  call.output(call.from_channels_last(adaptive_pool(call, x, kKind, sizes)));
}

constexpr auto kMax = Pool::Kind::max;
constexpr auto kAverage = Pool::Kind::average;

constexpr Rule kRules[] = {
    {"MaxPooling1D", pool<1, kMax>},
    {"MaxPooling2D", pool<2, kMax>},
    {"MaxPooling3D", pool<3, kMax>},
    {"AveragePooling1D", pool<1, kAverage>},
    {"AveragePooling2D", pool<2, kAverage>},
    {"AveragePooling3D", pool<3, kAverage>},
    {"AdaptiveMaxPooling1D", adaptive<1, kMax>},
    {"AdaptiveMaxPooling2D", adaptive<2, kMax>},
    {"AdaptiveMaxPooling3D", adaptive<3, kMax>},
    {"AdaptiveAveragePooling1D", adaptive<1, kAverage>},
    {"AdaptiveAveragePooling2D", adaptive<2, kAverage>},
    {"AdaptiveAveragePooling3D", adaptive<3, kAverage>},
    {"GlobalMaxPooling1D", global_pool<1, Reduce::Kind::max>},
    {"GlobalMaxPooling2D", global_pool<2, Reduce::Kind::max>},
    {"GlobalMaxPooling3D", global_pool<3, Reduce::Kind::max>},
    {"GlobalAveragePooling1D", global_pool<1, Reduce::Kind::mean>},
    {"GlobalAveragePooling2D", global_pool<2, Reduce::Kind::mean>},
    {"GlobalAveragePooling3D", global_pool<3, Reduce::Kind::mean>},
};

}  // namespace

std::span<const Rule> pooling_rules() { return kRules; }

}  // namespace vivace::keras
