// The augmentation of pictures as it is once training is over: nothing, floats instead of bytes, or
// arithmetic.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "import/keras/build/pictures.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

void untouched(Call& call) { call.output(call.input()); }

void as_floats(Call& call) { call.output(call.float_input()); }

// Which layers leave bytes alone was only settled by Keras 3; before, all give floats.
void by_era(Call& call) { call.output(call.era() >= 3 ? call.input() : call.float_input()); }

// The two ends of config["value_range"], ascending.
std::array<double, 2> value_range(Call& call) {
  auto ends = call.config().numbers("value_range");
  if (ends.empty()) return {0, 255};
  if (ends.size() != 2 || ends[0] == ends[1]) {
    call.config().mistake("value_range", "two numbers that differ");
    return {0, 255};
  }
  std::ranges::sort(ends);
  return {ends[0], ends[1]};
}

ValueId moved(Call& call, ValueId x, const std::array<double, 2>& from, const std::array<double, 2>& to,
              std::string_view step) {
  if (from == to) return x;
  if (from[0] != 0) x = call.binary(Binary::Kind::subtract, x, call.scalar(from[0]), step);
  x = call.binary(Binary::Kind::divide, x, call.scalar(from[1] - from[0]), step);
  x = call.binary(Binary::Kind::multiply, x, call.scalar(to[1] - to[0]), step);
  return to[0] == 0 ? x : call.binary(Binary::Kind::add, x, call.scalar(to[0]), step);
}

constexpr std::array<double, 2> kBytes = {0, 255};

// Stretched until the darkest is 0 and the lightest 255. The picture's axes are 1 and 2 in either layout.
void auto_contrast(Call& call) {
  const auto range = value_range(call);
  const ValueId original = call.float_input();
  const std::int64_t first = call.rank(original) == 3 ? 0 : 1;
  if (first == 1) call.want_rank(original, 4);
  const ValueId x = moved(call, original, range, kBytes, "in_bytes");
  const auto extreme = [&](Reduce::Kind kind, std::string_view step) {
    return call.add(
        with(Reduce{}, &Reduce::kind, kind, &Reduce::axes, Sizes{first, first + 1}, &Reduce::keep_dims, true),
        {x}, step);
  };
  const ValueId low = extreme(Reduce::Kind::min, "low"), high = extreme(Reduce::Kind::max, "high");
  const ValueId spread = call.binary(Binary::Kind::subtract, high, low, "spread");
  const ValueId scale = call.binary(Binary::Kind::divide, call.scalar(255), spread, "scale");
  const ValueId shift =
      call.binary(Binary::Kind::multiply, call.unary(UnaryKind::negate, low, "minus_low"), scale, "shift");
  ValueId y = call.binary(Binary::Kind::multiply, x, scale, "scaled");
  y = call.binary(Binary::Kind::add, y, shift, "shifted");
  y = call.unary(UnaryKind::clamp, y, "clipped", 0, 255);
  y = moved(call, y, kBytes, range, "in_range");
  // A picture of one colour divides by zero and stays as it is.
  call.output(call.add(Select{}, {call.unary(UnaryKind::is_nan, y, "flat"), original, y}));
}

void equalize_tiles(Call& call) {
  const auto range = value_range(call);
  const Sizes grid = call.config().sizes("tile_grid_size", 2, 8);
  if (std::ranges::max(grid) > EqualizeTiles::kMostTiles)
    call.config().mistake("tile_grid_size", text("two sizes up to {}", EqualizeTiles::kMostTiles));
  const EqualizeTiles op = with(EqualizeTiles{}, &EqualizeTiles::rows, grid[0], &EqualizeTiles::columns,
                                grid[1], &EqualizeTiles::limit, call.config().number("clip_limit", 4));
  const Pictures pictures(call, call.float_input());
  const ValueId x = moved(call, pictures.value(), range, kBytes, "in_bytes");
  const ValueId y = moved(call, call.add(op, {x}, "equalized"), kBytes, range, "in_range");
  if (call.failed()) return;
  const DType type = call.dtype(call.input());  // bytes stay bytes
  call.output(pictures.give(is_float(type) ? y : call.cast(y, type)));
}

constexpr Rule kRules[] = {
    {"RandomFlip", as_floats},
    {"RandomRotation", as_floats},
    {"RandomZoom", as_floats},
    {"RandomTranslation", as_floats},
    {"RandomPerspective", as_floats},
    {"RandomShear", as_floats},
    {"RandomElasticTransform", as_floats},
    {"RandomErasing", as_floats},
    {"RandomGaussianBlur", as_floats},
    {"RandomSharpness", as_floats},
    {"AugMix", as_floats},
    {"RandAugment", as_floats},
    {"CutMix", as_floats},
    {"Solarization", as_floats},
    {"RandomContrast", by_era},
    {"RandomBrightness", by_era},
    {"RandomHeight", untouched},
    {"RandomWidth", untouched},
    {"RandomColorJitter", untouched},
    {"RandomColorDegeneration", untouched},
    {"RandomGrayscale", untouched},
    {"RandomHue", untouched},
    {"RandomInvert", untouched},
    {"RandomPosterization", untouched},
    {"RandomSaturation", untouched},
    {"Equalization", untouched},
    {"MixUp", untouched},
    {"MaxNumBoundingBoxes", untouched},
    {"AutoContrast", auto_contrast},
    {"ContrastLimitedAdaptiveHistogramEqualization", equalize_tiles},
};

}  // namespace

std::span<const Rule> augmentation_rules() { return kRules; }

}  // namespace vivace::keras
