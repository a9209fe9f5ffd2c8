// Pooling to a given size: equal windows where the sizes divide, else two window sizes, chosen place by
// place.
#include "import/keras/build/adaptive_pool.h"

#include <algorithm>

#include "base/text.h"

namespace vivace::keras {
namespace {

constexpr std::int64_t kMostPlaces = 1 << 20;

ValueId windows(Call& call, ValueId x, Pool::Kind kind, Sizes window, Sizes strides, std::string_view step) {
  const std::size_t axes = window.size();
  return call.add(
      with(Pool{}, &Pool::kind, kind, &Pool::window, std::move(window), &Pool::strides, std::move(strides),
           &Pool::dilations, Sizes(axes, 1), &Pool::padding, Padding::valid(axes)),
      {x}, step);
}

// Of an axis that the size does not divide: every window of ceil(in/out), then every one of a place more, and
// from both the ones that are wanted.
ValueId uneven_axis(Call& call, ValueId x, Pool::Kind kind, std::size_t axes, std::size_t axis,
                    std::int64_t input, std::int64_t output) {
  const std::int64_t small = (input + output - 1) / output;
  const auto place = static_cast<std::int64_t>(axis) + 1;
  Sizes window(axes, 1);
  window[axis] = small;
  std::vector<ValueId> parts = {windows(call, x, kind, window, Sizes(axes, 1), "small")};
  Tensor wanted(DType::i32, {output});
  bool large = false;
  for (std::int64_t i = 0; i < output; ++i) {
    const std::int64_t begin = i * input / output, end = ((i + 1) * input + output - 1) / output;
    const bool is_large = end - begin > small;
    large = large || is_large;
    wanted.as<std::int32_t>()[i] = static_cast<std::int32_t>(begin + (is_large ? input - small + 1 : 0));
  }
  if (large) {
    ++window[axis];
    parts.push_back(windows(call, x, kind, window, Sizes(axes, 1), "large"));
  }
  const ValueId all = large ? call.add(with(Concat{}, &Concat::axis, place), parts, "both") : parts[0];
  return call.add(with(Gather{}, &Gather::axis, place), {all, call.constant(std::move(wanted), "places")},
                  "chosen");
}

}  // namespace

ValueId adaptive_pool(Call& call, ValueId x, Pool::Kind kind, const Sizes& sizes) {
  Sizes window(sizes.size(), 1);
  bool even = false;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const std::int64_t input = call.size(x, static_cast<std::int64_t>(axis) + 1);
    if (call.failed()) return x;
    if (sizes[axis] > kMostPlaces || input < 1 || input > INT32_MAX / 2) {
      call.refuse(text("pooling of {} places to {}", input, sizes[axis]), "use fewer");
      return x;
    }
    if (input % sizes[axis] != 0) continue;
    window[axis] = input / sizes[axis];
    even = even || window[axis] > 1;
  }
  if (even) x = windows(call, x, kind, window, window, {});
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const std::int64_t input = call.size(x, static_cast<std::int64_t>(axis) + 1);
    if (input != sizes[axis]) x = uneven_axis(call, x, kind, sizes.size(), axis, input, sizes[axis]);
  }
  return x;
}

}  // namespace vivace::keras
