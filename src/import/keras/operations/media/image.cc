// keras.ops.image and tf.image as nodes: resizing, borders, patches, blurring.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/build/pictures.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/operands.h"

namespace vivace::keras {
namespace {

void resize_as(Call& call, Resize op) {
  const Pictures pictures(call, operand(call));
  op.size = call.integers_option("size", 1);
  if (op.size.size() != 2 || std::ranges::min(op.size) < 1 || std::ranges::max(op.size) > INT32_MAX)
    return call.mistake("size", "two sizes of 1 or more");
  call.output(pictures.give(resized(call, pictures.value(), op)));
}

// The functions of TensorFlow 1: corners aligned, centres of half a pixel, or neither.
template <Resize::Mode kMode>
void resize_v1(Call& call) {
  Resize op = with(Resize{}, &Resize::mode, kMode, &Resize::coordinates, Resize::Coordinates::asymmetric);
  if (call.flag_option("align_corners", -1, false)) op.coordinates = Resize::Coordinates::align_corners;
  if (call.flag_option("half_pixel_centers", -1, false)) op.coordinates = Resize::Coordinates::half_pixel;
  resize_as(call, op);
}

// The border on one side, where the config leaves it to follow from the size that is wanted.
struct Side {
  std::string_view name;
  std::int64_t size = 0;
  bool given = false;
};

Side side_of(Call& call, std::string_view name) {
  Side side{name};
  side.given = call.option(name, -1) != nullptr;
  if (side.given) side.size = call.integer_option(name, -1, 0);
  return side;
}

// What is added (or cut off, with sign -1) before and after an axis: two of before, after and the target say
// it all, and Keras takes no more than these two.
std::array<std::int64_t, 2> sides(Call& call, ValueId x, std::int64_t axis, Side before, Side after,
                                  std::string_view target, std::int64_t sign) {
  const Side wanted = side_of(call, target);
  for (const Side& side : {before, after, wanted})
    if (side.size < 0 || side.size > INT32_MAX) call.mistake(side.name, "a size of 0 or more");
  if (before.given && after.given) {
    if (wanted.given) call.mistake(target, text("null, as {} and {} say it all", before.name, after.name));
    return {before.size, after.size};
  }
  if (!wanted.given || (!before.given && !after.given))
    call.refuse(text("it has neither {} nor {}", before.given ? after.name : before.name, target),
                "give two of the three");
  if (call.failed()) return {0, 0};
  const Side& known = before.given ? before : after;
  const std::int64_t change = sign * (wanted.size - call.size(x, axis)) - known.size;
  if (change < 0)
    call.mistake(target,
                 text("what {} places become with {}={}", call.size(x, axis), known.name, known.size));
  return {before.given ? before.size : change, after.given ? after.size : change};
}

void pad_images(Call& call) {
  const Pictures pictures(call, operand(call));
  const ValueId x = pictures.value();
  const auto [top, bottom] = sides(call, x, Pictures::kHeight, side_of(call, "top_padding"),
                                   side_of(call, "bottom_padding"), "target_height", 1);
  const auto [left, right] = sides(call, x, Pictures::kWidth, side_of(call, "left_padding"),
                                   side_of(call, "right_padding"), "target_width", 1);
  call.output(pictures.give(call.add(
      with(Pad{}, &Pad::before, Sizes{0, top, left, 0}, &Pad::after, Sizes{0, bottom, right, 0}), {x})));
}

void crop_images(Call& call) {
  const Pictures pictures(call, operand(call));
  const ValueId x = pictures.value();
  const auto [top, bottom] = sides(call, x, Pictures::kHeight, side_of(call, "top_cropping"),
                                   side_of(call, "bottom_cropping"), "target_height", -1);
  const auto [left, right] = sides(call, x, Pictures::kWidth, side_of(call, "left_cropping"),
                                   side_of(call, "right_cropping"), "target_width", -1);
  const auto stop = [](std::int64_t after) { return after ? -after : Slice::kEnd; };
  const Slice op = with(Slice{}, &Slice::axes, Sizes{1, 2}, &Slice::starts, Sizes{top, left}, &Slice::stops,
                        Sizes{stop(bottom), stop(right)}, &Slice::steps, Sizes{1, 1});
  call.output(pictures.give(call.add(op, {x})));
}

// One plane of numbers for each channel, multiplied with the picture's windows.
ValueId each_channel(Call& call, ValueId x, const std::vector<float>& planes, Sizes window,
                     std::int64_t multiplier, Padding padding, std::string_view step) {
  const std::int64_t channels = call.size(x, Pictures::kChannels);
  const auto taps = static_cast<std::int64_t>(planes.size()) / multiplier;
  std::vector<float> kernel;
  for (std::int64_t tap = 0; tap < taps; ++tap)
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t m = 0; m < multiplier; ++m)
        kernel.push_back(planes[static_cast<std::size_t>(tap * multiplier + m)]);
  const ValueId weights = call.constant(kernel, {window[0], window[1], 1, channels * multiplier});
  return call.add(with(Conv{}, &Conv::strides, Sizes{1, 1}, &Conv::dilations, Sizes{1, 1}, &Conv::groups,
                       channels, &Conv::padding, std::move(padding)),
                  {x, weights}, step);
}

std::vector<double> bell(std::int64_t size, double sigma) {
  std::vector<double> weights;
  double total = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    const double x = (static_cast<double>(i) - static_cast<double>(size - 1) / 2) / sigma;
    weights.push_back(std::exp(-0.5 * x * x));
    total += weights.back();
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

constexpr std::int64_t kLargestKernel = 1024;

void gaussian_blur(Call& call) {
  const Pictures pictures(call, as_float(call, operand(call)));
  Sizes size = call.integers_option("kernel_size", 1);
  if (size.size() == 1) size.push_back(size.front());
  const ValueId spread = call.tensor_option("sigma", 2);
  if (size.size() != 2 || std::ranges::min(size) < 1 || std::ranges::max(size) > kLargestKernel)
    return call.mistake("kernel_size", text("two sizes from 1 to {}", kLargestKernel));
  if (call.failed()) return;
  const ConstantPtr given = spread == kNoValue ? nullptr : call.builder().graph().value(spread).constant;
  if (spread != kNoValue && (!given || given->dtype() != DType::f32 || given->tensor().count() != 2))
    return call.refuse("a sigma that is not two numbers", "give sigma=(1.0, 1.0)");
  const auto sigma = [&](std::size_t i) { return given ? static_cast<double>(given->as<float>()[i]) : 1.0; };
  // Keras lays the outer product of [1] and [0] out as [size[0], size[1]], whatever their sizes are.
  const auto across = bell(size[0], sigma(0)), down = bell(size[1], sigma(1));
  std::vector<float> plane;
  for (const double a : down)
    for (const double b : across) plane.push_back(static_cast<float>(a * b));
  call.output(pictures.give(each_channel(call, pictures.value(), plane, size, 1, Padding::same(), {})));
}

void sobel_edges(Call& call) {
  const ValueId image = as_float(call, operand(call));
  call.want_rank(image, 4);
  const ValueId x = call.to_channels_last(image);
  const ValueId padded = call.add(with(Pad{}, &Pad::mode, Pad::Mode::reflect, &Pad::before, Sizes{0, 1, 1, 0},
                                       &Pad::after, Sizes{0, 1, 1, 0}),
                                  {x}, "mirrored");
  const float down[] = {-1, -2, -1, 0, 0, 0, 1, 2, 1}, across[] = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
  std::vector<float> planes;
  for (std::size_t tap = 0; tap < 9; ++tap) planes.insert(planes.end(), {down[tap], across[tap]});
  const ValueId edges = each_channel(call, padded, planes, {3, 3}, 2, Padding::valid(2), "edges");
  const std::int64_t channels = call.size(x, Pictures::kChannels);
  ValueId y = call.reshape(edges, {Reshape::keep(0), Reshape::keep(1), Reshape::keep(2), channels, 2});
  if (call.channels_first()) y = call.transpose(y, {0, 3, 1, 2, 4}, "channels_first");
  call.output(y);
}

// The first places of the windows of one axis, spread out tap by tap: [out * size] numbers.
Tensor window_places(std::int64_t output, std::int64_t size, std::int64_t stride, std::int64_t dilation) {
  Tensor places(DType::i32, {output * size});
  for (std::int64_t i = 0; i < places.count(); ++i)
    places.as<std::int32_t>()[i] = static_cast<std::int32_t>(i / size * stride + i % size * dilation);
  return places;
}

constexpr std::int64_t kMostPlaces = 1 << 24;

struct Patches {
  Sizes size, strides, dilations;
  bool same = false;
};

// x [N, spatial..., C] padded so that its windows lie inside; then each axis spread into [places, taps].
ValueId patches_of(Call& call, ValueId x, const Patches& p) {
  const std::size_t axes = p.size.size();
  Pad pad = with(Pad{}, &Pad::before, Sizes(axes + 2, 0), &Pad::after, Sizes(axes + 2, 0));
  const Padding padding = p.same ? Padding::same() : Padding::valid(axes);
  Sizes grid{Reshape::keep(0)}, order{0}, flat{Reshape::keep(0)}, out;
  std::int64_t length = call.size(x, -1);
  for (std::size_t i = 0; i < axes; ++i) {
    const std::int64_t input = call.size(x, static_cast<std::int64_t>(i) + 1);
    const auto [before, after] = resolve_padding(padding, i, input, p.size[i], p.strides[i], p.dilations[i]);
    pad.before[i + 1] = before;
    pad.after[i + 1] = after;
    const std::int64_t room = input + before + after - ((p.size[i] - 1) * p.dilations[i] + 1);
    out.push_back(room < 0 ? 0 : room / p.strides[i] + 1);
    if (!call.failed() && (out[i] < 1 || out[i] > kMostPlaces / p.size[i]))
      call.fail(
          Error("import.config", text("layer \"{}\" has patches of {} with dilation_rate={} in an axis of {}",
                                      call.layer().path, p.size[i], p.dilations[i], input)));
    length *= p.size[i];
  }
  if (call.failed()) return x;
  if (p.same) x = call.add(pad, {x}, "padded");
  for (std::size_t i = 0; i < axes; ++i) {
    const auto axis = static_cast<std::int64_t>(i) + 1;
    const ValueId places = call.constant(window_places(out[i], p.size[i], p.strides[i], p.dilations[i]));
    x = call.add(with(Gather{}, &Gather::axis, axis), {x, places}, "windows");
    grid.insert(grid.end(), {out[i], p.size[i]});
    order.push_back(static_cast<std::int64_t>(2 * i) + 1);
    flat.push_back(out[i]);
  }
  for (std::size_t i = 0; i <= axes; ++i)
    order.push_back(i < axes ? static_cast<std::int64_t>(2 * i) + 2
                             : static_cast<std::int64_t>(2 * axes) + 1);
  grid.push_back(call.size(x, -1));
  flat.push_back(length);
  return call.reshape(call.transpose(call.reshape(x, grid, "grid"), order, "patches"), flat);
}

// A number, or one an axis; TensorFlow writes those of batch and channels too.
Sizes each_axis(Call& call, std::string_view names, int place, std::size_t axes, const Sizes& otherwise) {
  Sizes all = call.option(names, place) ? call.integers_option(names, place) : otherwise;
  if (all.size() == 1) all.resize(axes, all.front());
  if (all.size() == axes + 2) all = Sizes(all.begin() + 1, all.end() - 1);
  const bool good =
      all.size() == axes && std::ranges::all_of(all, [](std::int64_t s) { return s > 0 && s <= INT32_MAX; });
  if (!good && !call.failed()) call.mistake(names, text("{} sizes of 1 or more", axes));
  return good ? all : Sizes(axes, 1);
}

void extract_patches(Call& call) {
  const std::size_t axes = call.integers_option("size|sizes", 1).size() == 3 ? 3 : 2;
  ValueId x = operand(call);
  const bool first = call.text_option("data_format", -1, "channels_last") == "channels_first";
  const bool single = call.rank(x) == static_cast<std::int64_t>(axes) + 1;
  if (single) {
    Sizes target{1};
    for (std::int64_t axis = 0; axis < call.rank(x); ++axis) target.push_back(Reshape::keep(axis));
    x = call.reshape(x, target, "batch_of_one");
  }
  call.want_rank(x, static_cast<std::int64_t>(axes) + 2);
  if (first) x = call.to_channels_last(x);
  Patches p;
  p.size = each_axis(call, "size|sizes", 1, axes, {});
  p.strides = each_axis(call, "strides", 2, axes, p.size);
  p.dilations = each_axis(call, "dilation_rate|rates", 3, axes, {1});
  const std::string_view padding = call.text_option("padding", 4, "valid");
  p.same = padding == "same" || padding == "SAME";
  ValueId y = patches_of(call, x, p);
  if (first) y = call.from_channels_last(y);
  if (single && !call.failed()) {
    Sizes target;
    for (std::int64_t axis = 1; axis < call.rank(y); ++axis) target.push_back(Reshape::keep(axis));
    y = call.reshape(y, target, "alone");
  }
  call.output(y);
}

constexpr Rule kRules[] = {
    {"Resize", resize},          {"PadImages", pad_images},
    {"CropImages", crop_images}, {"GaussianBlur", gaussian_blur},
    {"SobelEdges", sobel_edges}, {"ExtractPatches", extract_patches},
};

constexpr Rule kFunctions[] = {
    {"image.resize", resize},
    {"compat.v1.image.resize_bilinear", resize_v1<Resize::Mode::bilinear>},
    {"compat.v1.image.resize_nearest_neighbor", resize_v1<Resize::Mode::nearest>},
    {"image.extract_patches", extract_patches},
};

}  // namespace

void resize(Call& call) {
  const std::string_view key = call.era() >= 3 ? "interpolation" : "method";
  Resize op = with(Resize{}, &Resize::mode, resize_mode(call, key, call.text_option(key, 2, "bilinear")));
  op.antialias = call.flag_option("antialias", -1, false);
  op.fill = call.number_option("fill_value", -1, 0);
  const std::string_view border = call.text_option("fill_mode", -1, "constant");
  if (call.flag_option("crop_to_aspect_ratio", -1, false)) op.fit = Resize::Fit::crop;
  if (call.flag_option("pad_to_aspect_ratio", -1, false)) {
    op.fit = Resize::Fit::pad;
    if (border != "constant") call.mistake("fill_mode", "\"constant\"");
  }
  if (call.flag_option("preserve_aspect_ratio", -1, false))
    return call.refuse("a size that follows from the picture's", "use keras.layers.Resizing");
  resize_as(call, op);
}

std::span<const Rule> picture_operations() { return kRules; }
std::span<const Rule> picture_functions() { return kFunctions; }

}  // namespace vivace::keras
