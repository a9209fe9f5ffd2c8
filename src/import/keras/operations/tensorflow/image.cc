// tf.image as nodes: crops, paddings, colours, standardisation. All take [H, W, C] or [N, H, W, C].
#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

Term image(Call& call) {
  const Term x(call, call.tensor_option("image|images|value", 0));
  if (!call.failed() && x.rank() != 3 && x.rank() != 4) call.want_rank(x, 4);
  return x;
}

std::int64_t height_axis(const Term& x) { return x.rank() - 3; }

void crop(Call& call) {
  Term x = image(call);
  const std::int64_t axis = height_axis(x);
  const std::int64_t top = call.integer_option("offset_height", 1),
                     left = call.integer_option("offset_width", 2),
                     height = call.integer_option("target_height", 3),
                     width = call.integer_option("target_width", 4);
  if (call.failed()) return;
  const auto fits = [&](std::int64_t from, std::int64_t size, std::int64_t along) {
    const Dim& own = call.dim(x, along);
    return from >= 0 && size >= 1 && from < 1 << 30 && size < 1 << 30 &&
           (!own.known() || from + size <= own.number());
  };
  if (!fits(top, height, axis)) return call.mistake("target_height", "rows of the image", 3);
  if (!fits(left, width, axis + 1)) return call.mistake("target_width", "columns of the image", 4);
  call.output(part(part(x, axis, top, top + height), axis + 1, left, left + width));
}

// `before` and what is left up to `target`, along an axis.
struct Margin {
  std::int64_t before, after;
};

Term padded(Term x, Margin rows, Margin columns) {
  Call& call = x.call();
  if (std::min({rows.before, rows.after, columns.before, columns.after}) < 0) {
    call.mistake("target_height", "sizes that hold the image where it is put", 3);
    return x;
  }
  Pad op = with(Pad{}, &Pad::before, Sizes(static_cast<std::size_t>(x.rank()), 0));
  op.after = op.before;
  const auto axis = static_cast<std::size_t>(height_axis(x));
  op.before[axis] = rows.before, op.after[axis] = rows.after;
  op.before[axis + 1] = columns.before, op.after[axis + 1] = columns.after;
  return {call, call.add(op, {x}, "padded")};
}

void pad_to(Call& call) {
  const Term x = image(call);
  const std::int64_t top = call.integer_option("offset_height", 1),
                     left = call.integer_option("offset_width", 2);
  const std::int64_t height = call.size(x, -3), width = call.size(x, -2);
  const std::int64_t rows = call.integer_option("target_height", 3),
                     columns = call.integer_option("target_width", 4);
  if (!call.failed()) call.output(padded(x, {top, rows - top - height}, {left, columns - left - width}));
}

// To a size from the middle, with zeros around where the image is smaller.
Term fitted(Term x, std::int64_t axis, std::int64_t target) {
  Call& call = x.call();
  const std::int64_t size = call.size(x, axis), less = size - target;
  if (call.failed() || less == 0) return x;
  if (less > 0) return part(x, axis, less / 2, less / 2 + target);
  const Margin margin{-less / 2, -less - -less / 2};
  return axis == height_axis(x) ? padded(x, margin, {0, 0}) : padded(x, {0, 0}, margin);
}

void crop_or_pad(Call& call) {
  const Term x = image(call);
  const std::int64_t rows = call.integer_option("target_height", 1),
                     columns = call.integer_option("target_width", 2);
  if (call.failed()) return;
  if (rows < 1 || columns < 1 || rows > 1 << 20 || columns > 1 << 20)
    return call.mistake("target_height", "sizes from 1 to 2^20", 1);
  call.output(fitted(fitted(x, height_axis(x), rows), height_axis(x) + 1, columns));
}

void central_crop(Call& call) {
  Term x = image(call);
  const double share = call.number_option("central_fraction", 1);
  if (!(share > 0 && share <= 1)) return call.mistake("central_fraction", "a part of the whole", 1);
  for (const std::int64_t axis : {height_axis(x), height_axis(x) + 1}) {
    const std::int64_t size = call.size(x, axis);
    const auto start =
        static_cast<std::int64_t>((static_cast<double>(size) - static_cast<double>(size) * share) / 2);
    if (start != 0) x = part(x, axis, start, size - start);
  }
  call.output(x);
}

// The channels times a matrix.
Term mixed(Term x, const std::array<float, 9>& matrix) {
  Call& call = x.call();
  if (!call.failed() && call.size(x, -1) != 3)
    call.refuse("a picture without three channels", "give it red, green, blue");
  return {call, call.add(MatMul{}, {x, call.constant(matrix, {3, 3})})};
}

// Columns are y and two differences of colour.
constexpr std::array<float, 9> kToYuv = {0.299f,       -0.14714119f, 0.61497538f, 0.587f,      -0.28886916f,
                                         -0.51496512f, 0.114f,       0.43601035f, -0.10001026f};
constexpr std::array<float, 9> kFromYuv = {1, 1, 1, 0, -0.394642334f, 2.03206185f, 1.13988303f, -0.58062185f,
                                           0};
constexpr std::array<float, 9> kToYiq = {0.299f,       0.59590059f, 0.2115f,      0.587f,     -0.27455667f,
                                         -0.52273617f, 0.114f,      -0.32134392f, 0.31119955f};
constexpr std::array<float, 9> kFromYiq = {
    1, 1, 1, 0.95598634f, -0.27201283f, -1.10674021f, 0.6208248f, -0.64720424f, 1.70423049f};

template <const std::array<float, 9>& kMatrix>
void colours(Call& call) {
  call.output(mixed(image(call).real(), kMatrix));
}

void to_grey(Call& call) {
  const Term x = image(call);
  if (!call.failed() && call.size(x, -1) != 3)
    return call.refuse("a picture without three channels", "give it red, green, blue");
  if (!is_float(x.dtype())) return call.refuse("a grey picture of integers", "cast to float32 first");
  constexpr std::array kWeights = {0.2989f, 0.587f, 0.114f};
  call.output(call.add(MatMul{}, {x, call.constant(kWeights, {3, 1})}));
}

void from_grey(Call& call) {
  const Term x = image(call);
  if (!call.failed() && call.size(x, -1) != 1)
    return call.refuse("a picture of several channels", "give it one");
  Sizes repeats(static_cast<std::size_t>(x.rank()), 1);
  if (call.failed()) return;
  repeats.back() = 3;
  call.output(call.add(with(Tile{}, &Tile::repeats, repeats), {x}));
}

void brightness(Call& call) {
  const Term x = image(call);
  if (!is_float(x.dtype())) return call.refuse("a picture of integers", "cast to float32 first");
  call.output(x + call.number_option("delta", 1));
}

void contrast(Call& call) {
  const Term x = image(call);
  if (!is_float(x.dtype())) return call.refuse("a picture of integers", "cast to float32 first");
  const Term mean = reduce(Reduce::Kind::mean, x, {height_axis(x), height_axis(x) + 1}, true);
  call.output((x - mean) * call.number_option("contrast_factor", 1) + mean);
}

void standardize(Call& call) {
  const Term x = image(call).real();
  const std::int64_t axis = height_axis(x);
  const double count = static_cast<double>(call.size(x, -3)) * static_cast<double>(call.size(x, -2)) *
                       static_cast<double>(call.size(x, -1));
  if (call.failed()) return;
  const Sizes axes{axis, axis + 1, axis + 2};
  const Term deviation = reduce(Reduce::Kind::stddev, x, axes, true);
  call.output((x - reduce(Reduce::Kind::mean, x, axes, true)) /
              max(deviation, {call, call.scalar(1 / std::sqrt(count))}));
}

Term swapped(Term x) { return axis_moved(x, height_axis(x), height_axis(x) + 1); }
Term reversed(Term x, std::int64_t axis) {
  return {x.call(), x.call().add(with(Reverse{}, &Reverse::axes, Sizes{axis}), {x}, "reversed")};
}

void transpose(Call& call) {
  const Term x = image(call);
  if (!call.failed()) call.output(swapped(x));
}

void rotate(Call& call) {
  const Term x = image(call);
  const std::int64_t turns = ((call.integer_option("k", 1, 1) % 4) + 4) % 4, axis = height_axis(x);
  if (call.failed() || turns == 0) return call.output(x);
  if (turns == 2) return call.output(reversed(reversed(x, axis), axis + 1));
  call.output(turns == 1 ? swapped(reversed(x, axis + 1)) : reversed(swapped(x), axis + 1));
}

void total_variation(Call& call) {
  const Term x = image(call).real();
  const std::int64_t axis = height_axis(x);
  const auto along = [&](std::int64_t a) {
    return sum(abs(part(x, a, 1) - part(x, a, 0, -1)), {axis, axis + 1, axis + 2});
  };
  if (!call.failed()) call.output(along(axis) + along(axis + 1));
}

constexpr Rule kRules[] = {
    {"image.crop_to_bounding_box", crop},
    {"image.pad_to_bounding_box", pad_to},
    {"image.resize_with_crop_or_pad", crop_or_pad},
    {"image.central_crop", central_crop},
    {"image.rgb_to_grayscale", to_grey},
    {"image.grayscale_to_rgb", from_grey},
    {"image.rgb_to_yuv", colours<kToYuv>},
    {"image.yuv_to_rgb", colours<kFromYuv>},
    {"image.rgb_to_yiq", colours<kToYiq>},
    {"image.yiq_to_rgb", colours<kFromYiq>},
    {"image.adjust_brightness", brightness},
    {"image.adjust_contrast", contrast},
    {"image.per_image_standardization", standardize},
    {"image.transpose", transpose},
    {"image.rot90", rotate},
    {"image.total_variation", total_variation},
};

}  // namespace

std::span<const Rule> image_functions() { return kRules; }

}  // namespace vivace::keras
