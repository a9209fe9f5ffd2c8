// Batches and single pictures in either layout, and resizing them.
#include "import/keras/build/pictures.h"

#include "base/text.h"

namespace vivace::keras {

Pictures::Pictures(Call& call, ValueId x)
    : call_(call),
      value_(x),
      first_(call.text_option("data_format", -1, "channels_last") == "channels_first"),
      single_(call.rank(x) == 3) {
  if (single_)
    value_ = call.reshape(x, {1, Reshape::keep(0), Reshape::keep(1), Reshape::keep(2)}, "batch_of_one");
  else
    call.want_rank(x, 4);
  if (first_) value_ = call.transpose(value_, {0, 2, 3, 1}, "channels_last");
}

ValueId Pictures::give(ValueId y) const {
  if (call_.failed()) return y;
  if (first_ && call_.rank(y) == 4) y = call_.transpose(y, {0, 3, 1, 2}, "channels_first");
  if (!single_) return y;
  Sizes target;
  for (std::int64_t axis = 1; axis < call_.rank(y); ++axis) target.push_back(Reshape::keep(axis));
  return call_.reshape(y, std::move(target), "alone");
}

Resize::Mode resize_mode(Call& call, std::string_view key, std::string_view name) {
  for (std::uint32_t mode = 0; mode < std::size(Resize::kModes); ++mode)
    if (Resize::kModes[mode] == name) return static_cast<Resize::Mode>(mode);
  call.config().mistake(
      key,
      "\"nearest\", \"bilinear\", \"bicubic\", \"area\", \"lanczos3\", \"lanczos5\", \"gaussian\" or "
      "\"mitchellcubic\"");
  return Resize::Mode::bilinear;
}

ValueId resized(Call& call, ValueId x, const Resize& op) {
  const DType type = call.dtype(x);
  if (op.mode == Resize::Mode::nearest && op.fit != Resize::Fit::pad) return call.add(op, {x});
  ValueId y = call.add(op, {call.cast(x, call.float_type())});
  if (call.era() < 3) return y;
  if (!is_float(type)) y = call.unary(UnaryKind::round, y, "rounded");
  return call.cast(y, type, "in_its_type");
}

ValueId cut(Call& call, ValueId x, std::int64_t axis, std::int64_t start, std::int64_t size,
            std::string_view step) {
  return call.add(with(Slice{}, &Slice::axes, Sizes{axis}, &Slice::starts, Sizes{start}, &Slice::stops,
                       Sizes{start + size}, &Slice::steps, Sizes{1}),
                  {x}, step);
}

}  // namespace vivace::keras
