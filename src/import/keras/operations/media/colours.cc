// Colours of pictures as nodes: grey, hue, and back.
#include <array>

#include "base/text.h"
#include "import/keras/build/pictures.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/operands.h"

namespace vivace::keras {
namespace {

using Kind = Binary::Kind;

// Arithmetic on planes, so that a formula reads as one.
struct Planes {
  Call& call;

  ValueId channel(ValueId x, std::int64_t c) { return cut(call, x, Pictures::kChannels, c, 1, "channel"); }
  ValueId joined(std::vector<ValueId> planes) {
    return call.add(with(Concat{}, &Concat::axis, Pictures::kChannels), std::move(planes));
  }
  ValueId add(ValueId a, ValueId b) { return call.binary(Kind::add, a, b, "add"); }
  ValueId minus(ValueId a, ValueId b) { return call.binary(Kind::subtract, a, b, "minus"); }
  ValueId times(ValueId a, ValueId b) { return call.binary(Kind::multiply, a, b, "times"); }
  ValueId number(double x) { return call.scalar(x); }
  ValueId either(ValueId condition, ValueId a, ValueId b) {
    return call.add(Select{}, {condition, a, b}, "either");
  }
};

// A batch [N, height, width, 3] of floats, or an error.
ValueId coloured(Call& call, const Pictures& pictures) {
  const ValueId x = pictures.value();
  if (!call.failed() && !is_float(call.dtype(x)))
    call.refuse(text("pictures of type {}", name_of(call.dtype(x))), "cast them to float32");
  const std::int64_t channels = call.size(x, Pictures::kChannels);
  if (!call.failed() && channels != 3)
    call.fail(
        Error("import.config",
              text("layer \"{}\" is for three channels, and there are {} where its data_format puts them",
                   call.layer().path, channels)));
  return x;
}

void rgb_to_grayscale(Call& call) {
  const Pictures pictures(call, operand(call));
  const ValueId x = pictures.value();
  if (call.size(x, Pictures::kChannels) == 1) return call.output(operand(call));
  if (call.failed()) return;
  const DType type = call.dtype(x);
  const Pictures floats(call, as_float(call, operand(call)));
  const float weights[] = {0.2989f, 0.587f, 0.114f};
  const ValueId grey = call.add(MatMul{}, {coloured(call, floats), call.constant(weights, {3, 1})}, "grey");
  call.output(floats.give(call.cast(grey, type, "in_its_type")));
}

void rgb_to_hsv(Call& call) {
  const Pictures pictures(call, operand(call));
  const ValueId x = coloured(call, pictures);
  Planes p{call};
  const ValueId red = p.channel(x, 0), green = p.channel(x, 1), blue = p.channel(x, 2);
  const ValueId zero = p.number(0);
  const ValueId value =
      call.binary(Kind::maximum, call.binary(Kind::maximum, red, green, "max"), blue, "value");
  const ValueId least =
      call.binary(Kind::minimum, call.binary(Kind::minimum, red, green, "min"), blue, "least");
  const ValueId range = p.minus(value, least);
  const ValueId saturation = p.either(call.binary(Kind::greater, value, zero, "lit"),
                                      call.binary(Kind::divide, range, value, "share"), zero);
  const ValueId unit = call.binary(Kind::divide, p.number(1.0 / 6), range, "unit");
  const ValueId from_red = p.times(unit, p.minus(green, blue));
  const ValueId from_green = p.add(p.times(unit, p.minus(blue, red)), p.number(2.0 / 6));
  const ValueId from_blue = p.add(p.times(unit, p.minus(red, green)), p.number(4.0 / 6));
  ValueId hue = p.either(call.binary(Kind::equal, green, value, "green_leads"), from_green, from_blue);
  hue = p.either(call.binary(Kind::equal, red, value, "red_leads"), from_red, hue);
  hue = p.either(call.binary(Kind::greater, range, zero, "coloured"), hue, zero);
  hue = p.either(call.binary(Kind::less, hue, zero, "below"), p.add(hue, p.number(1)), hue);
  call.output(pictures.give(p.joined({hue, saturation, value})));
}

// How much of red, green or blue a hue holds: sign * |6 hue - centre| + shift, from 0 to 1.
ValueId share(Call& call, ValueId sixfold, double centre, double sign, double shift) {
  Planes p{call};
  const ValueId distance = call.unary(UnaryKind::abs, p.minus(sixfold, p.number(centre)), "distance");
  const ValueId line = p.add(p.times(distance, p.number(sign)), p.number(shift));
  return call.unary(UnaryKind::clamp, line, "share", 0, 1);
}

void hsv_to_rgb(Call& call) {
  const Pictures pictures(call, operand(call));
  const ValueId x = coloured(call, pictures);
  Planes p{call};
  const ValueId saturation = p.channel(x, 1), value = p.channel(x, 2);
  const ValueId sixfold = p.times(p.channel(x, 0), p.number(6));
  const ValueId white = p.minus(p.number(1), saturation);
  std::vector<ValueId> planes;
  constexpr std::array<std::array<double, 3>, 3> kLines = {{{3, 1, -1}, {2, -1, 2}, {4, -1, 2}}};
  for (const auto& [centre, sign, shift] : kLines) {
    const ValueId tint = p.times(saturation, share(call, sixfold, centre, sign, shift));
    planes.push_back(p.times(p.add(white, tint), value));
  }
  call.output(pictures.give(p.joined(std::move(planes))));
}

constexpr Rule kRules[] = {
    {"RGBToGrayscale", rgb_to_grayscale},
    {"RGBToHSV", rgb_to_hsv},
    {"HSVToRGB", hsv_to_rgb},
};

constexpr Rule kFunctions[] = {
    {"image.rgb_to_hsv", rgb_to_hsv},
    {"image.hsv_to_rgb", hsv_to_rgb},
};

}  // namespace

std::span<const Rule> colour_operations() { return kRules; }
std::span<const Rule> colour_functions() { return kFunctions; }

}  // namespace vivace::keras
