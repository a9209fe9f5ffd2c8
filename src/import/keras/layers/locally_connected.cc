// LocallyConnected1D and 2D of Keras 2: convolutions whose every place has a kernel of its own.
#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/build/window.h"
#include "ops/common/reference.h"

namespace vivace::keras {
namespace {

struct Places {
  Sizes in, out, kernel, strides;
  bool same = false, channels_first = false;
  std::int64_t channels = 1, filters = 1;

  std::int64_t places() const { return count_of(out); }
  std::int64_t taps() const { return count_of(kernel); }
  std::int64_t pixels() const { return count_of(in); }
};

// A tap of a place: which pixel of the input it reads, and which weight of the file it has.
struct Tap {
  std::int64_t place, tap, pixel;
};

// Calls f for every tap that lies inside the input, by rising place and tap.
template <class F>
void each_tap(const Places& w, F f) {
  const std::size_t axes = w.in.size();
  for (std::int64_t place = 0; place < w.places(); ++place)
    for (std::int64_t tap = 0; tap < w.taps(); ++tap) {
      std::int64_t pixel = 0, rest_place = place, rest_tap = tap, step = 1;
      bool inside = true;
      for (std::size_t axis = axes; axis-- > 0;) {
        const std::int64_t before = w.same ? w.kernel[axis] / 2 : 0;
        const std::int64_t at =
            rest_place % w.out[axis] * w.strides[axis] + rest_tap % w.kernel[axis] - before;
        inside = inside && at >= 0 && at < w.in[axis];
        pixel += at * step;
        step *= w.in[axis];
        rest_place /= w.out[axis];
        rest_tap /= w.kernel[axis];
      }
      if (inside) f(Tap{place, tap, pixel});
    }
}

// Where the weight of (tap, channel, filter) lies in the file, for each of Keras's three ways to keep them: a
// row of taps a place; a whole matrix from pixels to places; or of that matrix what is not 0, by output.
struct Placing {
  const Places& w;

  std::int64_t by_place(const Tap& t, std::int64_t c, std::int64_t f) const {
    const std::int64_t row = w.channels_first ? c * w.taps() + t.tap : t.tap * w.channels + c;
    return (t.place * w.taps() * w.channels + row) * w.filters + f;
  }
  std::int64_t by_matrix(const Tap& t, std::int64_t c, std::int64_t f) const {
    const std::int64_t in = w.channels_first ? c * w.pixels() + t.pixel : t.pixel * w.channels + c;
    const std::int64_t out = w.channels_first ? f * w.places() + t.place : t.place * w.filters + f;
    return in * w.places() * w.filters + out;
  }
};

std::int64_t inner_taps(const Places& w) {
  std::int64_t count = 0;
  each_tap(w, [&](const Tap&) { ++count; });
  return count;
}

Sizes weight_dims(const Places& w, std::int64_t implementation) {
  if (implementation == 1) return {w.places(), w.taps() * w.channels, w.filters};
  if (implementation == 3) return {inner_taps(w) * w.channels * w.filters};
  Sizes dims;
  const auto add = [&](const Sizes& sizes, std::int64_t deep) {
    if (w.channels_first) dims.push_back(deep);
    dims.insert(dims.end(), sizes.begin(), sizes.end());
    if (!w.channels_first) dims.push_back(deep);
  };
  add(w.in, w.channels);
  add(w.out, w.filters);
  return dims;
}

// The sparse weights stand by output, then by input, each in the order of its flattened axes.
std::vector<std::int64_t> sparse_places(const Places& w, const std::vector<Tap>& taps) {
  struct Entry {
    std::int64_t out, in, dense;
  };
  std::vector<Entry> entries;
  const Placing placing{w};
  for (const Tap& t : taps)
    for (std::int64_t c = 0; c < w.channels; ++c)
      for (std::int64_t f = 0; f < w.filters; ++f)
        entries.push_back({w.channels_first ? f * w.places() + t.place : t.place * w.filters + f,
                           w.channels_first ? c * w.pixels() + t.pixel : t.pixel * w.channels + c,
                           placing.by_place(t, c, f)});
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.out != b.out ? a.out < b.out : a.in < b.in; });
  std::vector<std::int64_t> places;
  for (const Entry& entry : entries) places.push_back(entry.dense);
  return places;
}

// The kernel as [places, taps channels, filters], in the order of channels that by_place has.
Tensor by_place(Call& call, const Places& w, const TensorView& stored, std::int64_t implementation,
                const std::vector<Tap>& taps) {
  Tensor kernel(call.float_type(), {w.places(), w.taps() * w.channels, w.filters});
  for (std::int64_t i = 0; i < kernel.count(); ++i) store(kernel.view(), i, 0);
  const Placing placing{w};
  if (implementation == 3) {
    const std::vector<std::int64_t> places = sparse_places(w, taps);
    for (std::size_t i = 0; i < places.size(); ++i)
      store(kernel.view(), places[i], load(stored, static_cast<std::int64_t>(i)));
    return kernel;
  }
  for (const Tap& t : taps)
    for (std::int64_t c = 0; c < w.channels; ++c)
      for (std::int64_t f = 0; f < w.filters; ++f) {
        const std::int64_t to = placing.by_place(t, c, f);
        store(kernel.view(), to, load(stored, implementation == 1 ? to : placing.by_matrix(t, c, f)));
      }
  return kernel;
}

// For every place, the elements of the flattened input that its taps read; outside of it, the first.
Tensor reads(const Places& w, const std::vector<Tap>& taps) {
  const std::int64_t row = w.taps() * w.channels;
  Tensor indices(DType::i32, {w.places(), row});
  for (std::int64_t i = 0; i < indices.count(); ++i) indices.as<std::int32_t>()[i] = 0;
  for (const Tap& t : taps)
    for (std::int64_t c = 0; c < w.channels; ++c) {
      const std::int64_t to = w.channels_first ? c * w.taps() + t.tap : t.tap * w.channels + c;
      const std::int64_t from = w.channels_first ? c * w.pixels() + t.pixel : t.pixel * w.channels + c;
      indices.as<std::int32_t>()[t.place * row + to] = static_cast<std::int32_t>(from);
    }
  return indices;
}

constexpr std::int64_t kMostTaps = std::int64_t{1} << 27;  // elements of the kernel by place

Places places_of(Call& call, ValueId x, std::size_t axes) {
  const Config& config = call.config();
  Places w{{}, {}, config.sizes("kernel_size", axes), config.sizes("strides", axes, 1)};
  w.channels_first = call.channels_first();
  w.filters = config.size("filters");
  w.channels = call.size(x, w.channels_first ? 1 : -1);
  w.same = pads_same(config);
  for (std::size_t axis = 0; axis < axes && !call.failed(); ++axis) {
    const std::int64_t in = call.size(x, static_cast<std::int64_t>(axis) + (w.channels_first ? 2 : 1));
    w.in.push_back(in);
    if (w.kernel[axis] > (w.same ? 2 * in : in))
      config.mistake("kernel_size", "a window that fits its input");
    const std::int64_t reach = w.same ? in : in - w.kernel[axis] + 1;
    w.out.push_back((reach + w.strides[axis] - 1) / w.strides[axis]);
  }
  if (call.failed()) return w;
  const Sizes all{w.places(), w.taps(), w.channels, w.filters};
  const auto count = checked_count(all);
  if (!count || *count > kMostTaps) config.mistake("filters", "as many as memory holds weights for");
  return w;
}

void finish(Call& call, const Places& w, ValueId by_places) {
  Sizes dims = w.out;
  dims.push_back(w.filters);
  ValueId y = by_places;
  Sizes target{Reshape::keep(0)};
  if (w.channels_first) {
    y = call.transpose(y, {0, 2, 1}, "filters_first");
    target.push_back(w.filters);
  }
  target.insert(target.end(), w.out.begin(), w.out.end());
  if (!w.channels_first) target.push_back(w.filters);
  y = call.reshape(y, target, "places");
  if (call.config().flag("use_bias", true)) {
    ValueId bias = call.weight("bias", dims, "filters");
    // Keras reads the same numbers under other sizes here; it does not turn them.
    if (w.channels_first) bias = call.reshaped(bias, Sizes(target.begin() + 1, target.end()));
    y = call.binary(Binary::Kind::add, y, bias, "biased");
  }
  call.output(call.activated(y));
}

template <std::size_t kAxes>
void locally_connected(Call& call) {
  const ValueId x = call.float_input();
  call.want_rank(x, static_cast<std::int64_t>(kAxes) + 2);
  const std::int64_t implementation = call.config().integer("implementation", 1);
  if (implementation < 1 || implementation > 3) call.config().mistake("implementation", "1, 2 or 3");
  if (call.failed()) return;
  const Places w = places_of(call, x, kAxes);
  if (w.same && implementation == 1)
    call.config().mistake("padding", "\"valid\", which implementation 1 asks for");
  if (call.failed()) return;
  const ConstantPtr stored = call.floats("kernel", weight_dims(w, implementation), "filters");
  if (!stored) return;
  std::vector<Tap> taps;
  each_tap(w, [&](const Tap& tap) { taps.push_back(tap); });
  const ValueId kernel = call.constant(by_place(call, w, stored->tensor(), implementation, taps), "kernel");
  const ValueId flat = call.reshape(x, {Reshape::keep(0), w.pixels() * w.channels}, "flat");
  const ValueId patches =
      call.add(with(Gather{}, &Gather::axis, 1), {flat, call.constant(reads(w, taps), "reads")}, "patches");
  finish(call, w,
         call.add(with(Einsum{}, &Einsum::equation, std::string("bpk,pkf->bpf")), {patches, kernel}, "sums"));
}

constexpr Rule kRules[] = {
    {"LocallyConnected1D", locally_connected<1>, "kernel bias?use_bias"},
    {"LocallyConnected2D", locally_connected<2>, "kernel bias?use_bias"},
};

}  // namespace

std::span<const Rule> locally_connected_rules() { return kRules; }

}  // namespace vivace::keras
