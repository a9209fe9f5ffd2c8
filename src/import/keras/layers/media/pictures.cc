// Preprocessing of pictures that is part of a saved model: scaling, resizing, cropping.
#include "import/keras/build/pictures.h"

#include "base/text.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

// A number, or one for each channel of x.
ValueId numbers(Call& call, ValueId x, std::string_view key, double otherwise) {
  const ValueId y = call.numbers(key, otherwise);
  if (call.failed() || call.rank(y) == 0) return y;
  const Dim channels = call.rank(x) > 0 ? call.dim(x, -1) : Dim(1), given = call.dim(y, 0);
  if (channels.known() && channels.number() != 1 && given != channels && given != Dim(1))
    call.config().mistake(
        key, text("a number, or one for each of {} channels to broadcast to", channels.number()));
  return y;
}

void rescaling(Call& call) {
  const ValueId x = call.float_input();
  const ValueId scaled = call.binary(Binary::Kind::multiply, x, numbers(call, x, "scale", 1), "scaled");
  call.output(call.binary(Binary::Kind::add, scaled, numbers(call, x, "offset", 0)));
}

Sizes target(Call& call) { return {call.config().size("height"), call.config().size("width")}; }

void resizing(Call& call) {
  const Config& config = call.config();
  Resize op = with(Resize{}, &Resize::size, target(call));
  op.mode = resize_mode(call, "interpolation", config.text("interpolation", "bilinear"));
  op.antialias = config.flag("antialias", false);
  op.fill = config.number("fill_value", 0);
  const std::string_view border = config.text("fill_mode", "constant");
  if (config.flag("crop_to_aspect_ratio", false)) op.fit = Resize::Fit::crop;
  if (config.flag("pad_to_aspect_ratio", false)) {
    if (op.fit == Resize::Fit::crop)
      config.mistake("pad_to_aspect_ratio", "possible together with crop_to_aspect_ratio");
    op.fit = Resize::Fit::pad;
    if (border != "constant") config.mistake("fill_mode", "\"constant\"");
  }
  const Pictures pictures(call, call.era() >= 3 ? call.input() : call.float_input());
  call.output(pictures.give(resized(call, pictures.value(), op)));
}

// The middle of a picture; one that is too small is enlarged instead.
void center_crop(Call& call) {
  const Sizes wanted = target(call);
  const Pictures pictures(call, call.float_input());
  const ValueId x = pictures.value();
  const Dim height = call.dim(x, Pictures::kHeight), width = call.dim(x, Pictures::kWidth);
  const bool known = height.known() && width.known();
  if (!known || height.number() < wanted[0] || width.number() < wanted[1]) {
    const Resize op = with(Resize{}, &Resize::size, wanted, &Resize::fit, Resize::Fit::centre);
    return call.output(pictures.give(resized(call, x, op)));
  }
  const ValueId rows = cut(call, x, Pictures::kHeight, (height.number() - wanted[0]) / 2, wanted[0], "rows");
  const std::int64_t left = (width.number() - wanted[1]) / 2;
  call.output(pictures.give(cut(call, rows, Pictures::kWidth, left, wanted[1])));
}

// Once training is over, tf_keras resizes what it would have cropped; Keras 3 lets it be.
void random_crop(Call& call) {
  const Sizes wanted = target(call);
  if (call.era() >= 3) {  // whatever its policy says
    if (call.inputs().empty()) return call.output(call.input());  // says that there is none
    const Flow& x = call.inputs().front();
    return call.output_as(x.value, call.dtype(x.value));
  }
  const Pictures pictures(call, call.float_input());
  const Resize op = with(Resize{}, &Resize::size, wanted, &Resize::fit, Resize::Fit::crop);
  call.output(pictures.give(resized(call, pictures.value(), op)));
}

constexpr Rule kRules[] = {
    {"Rescaling", rescaling, "", Masks::pass_in_keras3},
    {"Resizing", resizing},
    {"CenterCrop", center_crop},
    {"RandomCrop", random_crop},
};

}  // namespace

std::span<const Rule> picture_rules() { return kRules; }

}  // namespace vivace::keras
