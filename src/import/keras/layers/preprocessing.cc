// Preprocessing that is part of a saved model: scaling, resizing, cropping, encoding.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

ValueId numbers(Call& call, std::string_view key, double otherwise) {
  std::vector<float> list;
  for (const double number : call.config().numbers(key)) list.push_back(static_cast<float>(number));
  if (list.empty()) list.push_back(static_cast<float>(otherwise));
  const bool one = list.size() == 1;
  return call.constant(list, one ? Sizes{} : Sizes{static_cast<std::int64_t>(list.size())});
}

void rescaling(Call& call) {
  const ValueId scaled =
      call.binary(Binary::Kind::multiply, call.float_input(), numbers(call, "scale", 1), "scaled");
  call.output(call.binary(Binary::Kind::add, scaled, numbers(call, "offset", 0)));
}

constexpr float kSmallestDeviation = 1e-7f;

// Mean and variance belong to the axes that `axis` keeps: their numbers stand in order of those axes.
Sizes statistics_shape(Call& call, ValueId x, std::int64_t count) {
  Sizes axes = call.config().integers("axis");
  if (!call.config().has("axis") && call.config().raw("axis"))
    axes.clear();  // null: one number for all
  else if (axes.empty())
    axes = {-1};
  axes = call.axes_of(axes, call.rank(x));
  Sizes shape(static_cast<std::size_t>(call.rank(x)), 1);
  for (const std::int64_t axis : axes) shape[static_cast<std::size_t>(axis)] = call.size(x, axis);
  if (count == 1) return Sizes(shape.size(), 1);
  if (!call.failed() && count_of(shape) != count)
    call.fail(Error("import.weight-shape", text("layer \"{}\" has {} means for {} features",
                                                call.layer().path, count, count_of(shape))));
  return shape;
}

ConstantPtr statistic(Call& call, std::string_view weight, std::string_view key) {
  const ValueId value = call.has_weight(weight) ? call.weight(weight) : numbers(call, key, 0);
  return call.failed() ? nullptr : call.builder().graph().value(value).constant;
}

void normalization(Call& call) {
  const ValueId x = call.float_input();
  const bool given = call.config().has("mean");
  const ConstantPtr mean = statistic(call, given ? "" : "mean", "mean");
  const ConstantPtr variance = statistic(call, given ? "" : "variance", "variance");
  if (!mean || !variance) return;
  if (mean->dtype() != DType::f32 || variance->dims() != mean->dims())
    return call.fail(
        Error("import.weight-shape",
              text("layer \"{}\" has a mean and a variance that differ in shape", call.layer().path)));
  std::vector<float> deviations;
  for (const float v : variance->as<float>())
    deviations.push_back(std::max(std::sqrt(v), kSmallestDeviation));
  const Sizes shape = statistics_shape(call, x, mean->tensor().count());
  if (call.failed()) return;
  const ValueId center = call.constant(mean->as<float>(), shape);
  const ValueId spread = call.constant(deviations, shape);
  if (call.config().flag("invert", false)) {
    const ValueId scaled = call.binary(Binary::Kind::multiply, x, spread, "spread");
    return call.output(call.binary(Binary::Kind::add, scaled, center));
  }
  const ValueId centered = call.binary(Binary::Kind::subtract, x, center, "centered");
  call.output(call.binary(Binary::Kind::divide, centered, spread));
}

Resize::Mode resize_mode(Call& call, std::string_view key) {
  const std::string_view name = call.config().text(key, "bilinear");
  for (std::uint32_t mode = 0; mode < std::size(Resize::kModes); ++mode)
    if (Resize::kModes[mode] == name) return static_cast<Resize::Mode>(mode);
  call.config().mistake(key, "a way to resize");
  return Resize::Mode::bilinear;
}

ValueId cut(Call& call, ValueId x, std::int64_t axis, std::int64_t start, std::int64_t size,
            std::string_view step) {
  return call.add(with(Slice{}, &Slice::axes, Sizes{axis}, &Slice::starts, Sizes{start}, &Slice::stops,
                       Sizes{start + size}, &Slice::steps, Sizes{1}),
                  {x}, step);
}

// The largest part of the middle that has the proportions asked for, as tf.image cuts it.
ValueId cut_to_proportions(Call& call, ValueId x, std::int64_t height, std::int64_t width) {
  const std::int64_t h = call.size(x, 1), w = call.size(x, 2);
  if (call.failed()) return x;
  const auto part = [](std::int64_t a, std::int64_t b, std::int64_t c) {
    return static_cast<std::int64_t>(static_cast<float>(a * b) / static_cast<float>(c));
  };
  const std::int64_t rows = std::min(h, part(w, height, width)),
                     columns = std::min(w, part(h, width, height));
  x = cut(call, x, 1, (h - rows) / 2, rows, "cut_rows");
  return cut(call, x, 2, (w - columns) / 2, columns, "cut_columns");
}

// Filled up to the proportions asked for, alike on both sides: of an odd rest Keras drops one.
ValueId fill_to_proportions(Call& call, ValueId x, std::int64_t height, std::int64_t width) {
  const std::int64_t h = call.size(x, 1), w = call.size(x, 2);
  if (call.failed()) return x;
  const auto part = [](std::int64_t a, std::int64_t b, std::int64_t c) {
    return static_cast<std::int64_t>(static_cast<float>(a * b) / static_cast<float>(c));
  };
  const std::int64_t rows = std::max(h, part(w, height, width)),
                     columns = std::max(w, part(h, width, height));
  const std::int64_t top = (rows - h) / 2, left = (columns - w) / 2;
  Pad op = with(Pad{}, &Pad::before, Sizes{0, top, left, 0}, &Pad::after, Sizes{0, top, left, 0});
  op.value = call.config().number("fill_value", 0);
  return call.add(op, {x}, "filled");
}

void resizing(Call& call) {
  const Config& config = call.config();
  ValueId x = call.to_channels_last(call.float_input());
  call.want_rank(x, 4);
  Resize op = with(Resize{}, &Resize::mode, resize_mode(call, "interpolation"), &Resize::size,
                   Sizes{config.size("height"), config.size("width")});
  op.antialias = config.flag("antialias", false);
  if (config.flag("crop_to_aspect_ratio", false)) x = cut_to_proportions(call, x, op.size[0], op.size[1]);
  if (config.flag("pad_to_aspect_ratio", false)) x = fill_to_proportions(call, x, op.size[0], op.size[1]);
  call.output(call.from_channels_last(call.add(op, {x})));
}

// The middle of a picture; one that is too small is enlarged first, which needs its size.
void center_crop(Call& call) {
  const std::int64_t height = call.config().size("height"), width = call.config().size("width");
  ValueId x = call.to_channels_last(call.float_input());
  call.want_rank(x, 4);
  const std::int64_t h = call.size(x, 1), w = call.size(x, 2);
  if (h < height || w < width) {
    x = cut_to_proportions(call, x, height, width);
    return call.output(
        call.from_channels_last(call.add(with(Resize{}, &Resize::size, Sizes{height, width}), {x})));
  }
  x = cut(call, x, 1, (h - height) / 2, height, "rows");
  call.output(call.from_channels_last(cut(call, x, 2, (w - width) / 2, width, {})));
}

constexpr Rule kRules[] = {
    {"Rescaling", rescaling, "", Masks::pass_in_keras3},
    {"Normalization", normalization, "mean!?!mean variance!?!mean count!?!mean", Masks::pass_in_keras3},
    {"Resizing", resizing},
    {"CenterCrop", center_crop},
};

}  // namespace

std::span<const Rule> preprocessing_rules() { return kRules; }

}  // namespace vivace::keras
