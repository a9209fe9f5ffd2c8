// Layers that move, repeat or drop elements.
#include "base/checked.h"
#include "base/text.h"
#include "import/keras/build/pictures.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

void flatten(Call& call) {
  const ValueId x = call.to_channels_last(call.input());
  if (call.rank(x) == 1) return call.output(call.reshape(x, {Reshape::keep(0), 1}));
  call.output(call.reshape(x, {Reshape::keep(0), Reshape::kInfer}));
}

void reshape(Call& call) {
  Sizes target{Reshape::keep(0)};
  for (const std::int64_t size : call.config().integers("target_shape")) {
    if (size == 0 || size < -1)
      call.config().mistake("target_shape", "sizes of 1 or more, and at most one -1");
    target.push_back(size);
  }
  call.output(call.reshape(call.input(), std::move(target)));
}

void permute(Call& call) {
  const ValueId x = call.input();
  Sizes order{0};
  std::vector<bool> used(static_cast<std::size_t>(call.rank(x)) + 1);
  for (const std::int64_t axis : call.config().integers("dims")) {
    const auto place = static_cast<std::size_t>(axis);
    if (axis < 1 || place >= used.size() || used[place])
      return call.config().mistake("dims", "each axis from 1 on, once");
    used[place] = true;
    order.push_back(axis);
  }
  if (static_cast<std::int64_t>(order.size()) != call.rank(x))
    call.config().mistake("dims", "each axis from 1 on, once");
  call.output(call.add(with(Transpose{}, &Transpose::order, order), {x}));
}

void repeat_vector(Call& call) {
  const ValueId x = call.input();
  call.want_rank(x, 2);
  const ValueId row = call.reshape(x, {Reshape::keep(0), 1, Reshape::keep(1)}, "row");
  call.output(call.add(with(Tile{}, &Tile::repeats, Sizes{1, call.config().size("n"), 1}), {row}));
}

// [before, after] for each of `axes` axes out of n, (n, m) or ((a, b), (c, d)); 1-D: n or (a, b).
std::vector<Sizes> borders(Call& call, std::string_view key, std::size_t axes) {
  const Setting* found = call.config().find(key);
  Sizes all = call.config().integers(key);
  if (all.size() == 1) all.assign(axes * 2, all[0]);
  const bool symmetric =
      axes > 1 && all.size() == axes && found && !found->items.empty() && found->items[0].is_number();
  if (symmetric) {
    Sizes both;
    for (const std::int64_t size : all) both.insert(both.end(), {size, size});
    all = both;
  }
  bool good = all.size() == axes * 2;
  for (const std::int64_t size : all) good = good && size >= 0 && size < (std::int64_t{1} << 31);
  if (!good) {
    call.config().mistake(key, "sizes of 0 or more, two an axis");
    all.assign(axes * 2, 0);
  }
  std::vector<Sizes> pairs;
  for (std::size_t i = 0; i < axes; ++i) pairs.push_back({all[2 * i], all[2 * i + 1]});
  return pairs;
}

template <std::size_t kAxes>
void zero_padding(Call& call) {
  const ValueId x = call.input();
  call.want_rank(x, static_cast<std::int64_t>(kAxes) + 2);
  const std::size_t first = call.channels_first() ? 2 : 1;
  Pad op = with(Pad{}, &Pad::before, Sizes(kAxes + 2, 0), &Pad::after, Sizes(kAxes + 2, 0));
  const auto pairs = borders(call, "padding", kAxes);
  for (std::size_t i = 0; i < kAxes; ++i) {
    op.before[first + i] = pairs[i][0];
    op.after[first + i] = pairs[i][1];
  }
  call.output(call.add(op, {x}));
}

template <std::size_t kAxes>
void cropping(Call& call) {
  const ValueId x = call.input();
  call.want_rank(x, static_cast<std::int64_t>(kAxes) + 2);
  const std::int64_t first = call.channels_first() ? 2 : 1;
  const bool may_leave_nothing = kAxes == 3 && call.era() < 3;  // Keras 2 only looks at one and two axes
  Slice op;
  const auto pairs = borders(call, "cropping", kAxes);
  for (std::size_t i = 0; i < kAxes; ++i) {
    const Dim size = call.dim(x, first + static_cast<std::int64_t>(i));
    if (!may_leave_nothing && size.known() && pairs[i][0] + pairs[i][1] >= size.number())
      call.config().mistake("cropping", text("less than the {} of axis {}, to which data_format points",
                                             size.number(), first + static_cast<std::int64_t>(i)));
    op.axes.push_back(first + static_cast<std::int64_t>(i));
    op.starts.push_back(pairs[i][0]);
    op.stops.push_back(pairs[i][1] ? -pairs[i][1] : Slice::kEnd);
    op.steps.push_back(1);
  }
  call.output(call.add(op, {x}));
}

template <std::size_t kAxes>
void upsampling(Call& call) {
  const ValueId x = call.to_channels_last(call.input());
  call.want_rank(x, static_cast<std::int64_t>(kAxes) + 2);
  const Sizes factors = call.config().sizes("size", kAxes, 2);
  const std::string_view how = call.config().text("interpolation", "nearest");
  if (how == "nearest") {
    Sizes repeats{1};
    repeats.insert(repeats.end(), factors.begin(), factors.end());
    repeats.push_back(1);
    return call.output(call.from_channels_last(
        call.add(with(Tile{}, &Tile::repeats, repeats, &Tile::interleave, true), {x})));
  }
  Resize op = with(Resize{}, &Resize::scale, factors);
  op.mode = resize_mode(call, "interpolation", how);
  if (kAxes != 2) call.config().mistake("interpolation", "\"nearest\"");
  call.output(call.from_channels_last(resized(call, x, op)));
}

constexpr Rule kRules[] = {
    {"Flatten", flatten},
    {"Reshape", reshape},
    {"Permute", permute},
    {"RepeatVector", repeat_vector},
    {"ZeroPadding1D", zero_padding<1>},
    {"ZeroPadding2D", zero_padding<2>},
    {"ZeroPadding3D", zero_padding<3>},
    {"Cropping1D", cropping<1>},
    {"Cropping2D", cropping<2>},
    {"Cropping3D", cropping<3>},
    {"UpSampling1D", upsampling<1>},
    {"UpSampling2D", upsampling<2>},
    {"UpSampling3D", upsampling<3>},
};

}  // namespace

std::span<const Rule> reshaping_rules() { return kRules; }

}  // namespace vivace::keras
