// keras.ops and tf.nn with sliding windows: convolutions, pools, patches.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "import/keras/build/adaptive_pool.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

constexpr std::int64_t kLargest = 0x7fffffff;

// How windows slide over x [N, spatial..., C], or [N, C, spatial...] turned to it.
struct Windows {
  Term x;
  std::size_t axes = 0;
  bool channels_first = false;

  Windows(Call& call, Term given) : x(given) {
    const std::string_view format = call.text_option("data_format", -1, "channels_last");
    channels_first = format == "channels_first" || format.starts_with("NC");
    if (!call.failed() && (x.rank() < 3 || x.rank() > 5)) call.want_rank(x, 4);
    axes = static_cast<std::size_t>(std::max<std::int64_t>(x.rank() - 2, 1));
    if (channels_first && !call.failed()) x = axis_moved(x, 1, x.rank() - 1);
  }

  void output(Term y) const {
    y.call().output(channels_first && !y.call().failed() ? axis_moved(y, y.rank() - 1, 1) : y);
  }
};

// One size an axis: a number stands for all; TensorFlow's lists count the batch and the channels too.
Sizes sizes_of(Call& call, const Windows& windows, std::string_view names, int place,
               std::int64_t otherwise) {
  Sizes all = call.option(names, place) ? call.integers_option(names, place) : Sizes{otherwise};
  if (all.size() == 1) all.resize(windows.axes, all.front());
  if (all.size() == windows.axes + 2)
    all = windows.channels_first ? Sizes(all.begin() + 2, all.end()) : Sizes(all.begin() + 1, all.end() - 1);
  const bool good = all.size() == windows.axes && std::all_of(all.begin(), all.end(), [](std::int64_t s) {
                      return s > 0 && s <= kLargest;
                    });
  if (!good && !call.failed()) call.mistake(names.substr(0, names.find('|')), "sizes of 1 or more");
  return good ? all : Sizes(windows.axes, 1);
}

Padding padding_of(Call& call, const Windows& windows, int place) {
  const Setting* given = call.option("padding", place);
  if (given && given->is(Setting::Kind::list)) {  // a pair an axis
    Sizes pairs = call.integers_option("padding", place);
    const std::size_t skipped = pairs.size() == 2 * (windows.axes + 2) ? (windows.channels_first ? 4 : 2) : 0;
    Padding padding = Padding::valid(windows.axes);
    if (pairs.size() < skipped + 2 * windows.axes) {
      call.mistake("padding", "a pair an axis");
      return padding;
    }
    for (std::size_t axis = 0; axis < windows.axes; ++axis) {
      padding.before[axis] = pairs[skipped + 2 * axis];
      padding.after[axis] = pairs[skipped + 2 * axis + 1];
    }
    return padding;
  }
  const std::string_view word = call.text_option("padding", place, "valid");
  if (word == "same" || word == "SAME") return Padding::same();
  if (word != "valid" && word != "VALID") call.mistake("padding", "valid or same");
  return Padding::valid(windows.axes);
}

// The shape of a kernel as numbers; all 1 after a mistake.
Sizes kernel_of(Call& call, Term kernel, const Windows& windows) {
  Sizes dims(windows.axes + 2, 1);
  call.want_rank(kernel, static_cast<std::int64_t>(dims.size()));
  for (std::size_t i = 0; i < dims.size(); ++i) dims[i] = call.size(kernel, static_cast<std::int64_t>(i));
  return dims;
}

Term kernel_option(Call& call, std::string_view names, int place) {
  return Term(call, call.tensor_option(names, place)).real();
}

struct Sliding {
  Sizes strides, dilations;
  Padding padding;
};

Term convolved(const Windows& windows, Term kernel, const Sliding& how, std::int64_t groups,
               std::string_view step) {
  Call& call = windows.x.call();
  Conv op = with(Conv{}, &Conv::strides, how.strides, &Conv::dilations, how.dilations, &Conv::groups, groups,
                 &Conv::padding, how.padding);
  return {call, call.add(op, {windows.x, kernel}, step)};
}

Sliding sliding(Call& call, const Windows& windows) {
  return {sizes_of(call, windows, "strides", 2, 1),
          sizes_of(call, windows, "dilation_rate|dilations|rate", 5, 1), padding_of(call, windows, 3)};
}

void conv(Call& call) {
  const Windows windows(call, Term(call, operand(call)).real());
  const Term kernel = kernel_option(call, "kernel|filters|filter", 1);
  const Sizes dims = kernel_of(call, kernel, windows);
  const std::int64_t channels = call.size(windows.x, -1), own = dims[dims.size() - 2];
  if (call.failed()) return;
  if (own < 1 || channels % own != 0)
    return call.mistake("kernel", text("a kernel whose channels divide {}", channels));
  windows.output(convolved(windows, kernel, sliding(call, windows), channels / own,
                           windows.channels_first ? "conv" : ""));
}

// A kernel [.., C, M] as Conv has it for one group a channel: [.., 1, C M].
Term depthwise(const Windows& windows, Term kernel, const Sliding& how, std::string_view step) {
  Call& call = windows.x.call();
  Sizes dims = kernel_of(call, kernel, windows);
  const std::int64_t channels = dims[dims.size() - 2];
  if (!call.failed() && channels != call.size(windows.x, -1))
    call.mistake("kernel", text("a kernel of {} channels", call.size(windows.x, -1)));
  if (call.failed()) return windows.x;
  dims[dims.size() - 1] *= channels;
  dims[dims.size() - 2] = 1;
  const bool fixed = call.builder().graph().value(kernel).constant != nullptr;
  const Term filters = fixed ? Term(call, call.reshaped(kernel, dims)) : shaped(kernel, dims);
  return convolved(windows, filters, how, channels, step);
}

void depthwise_conv(Call& call) {
  const Windows windows(call, Term(call, operand(call)).real());
  const Term kernel = kernel_option(call, "kernel|filter", 1);
  windows.output(depthwise(windows, kernel, sliding(call, windows), windows.channels_first ? "conv" : ""));
}

void separable_conv(Call& call) {
  Windows windows(call, Term(call, operand(call)).real());
  const Term spatial = kernel_option(call, "depthwise_kernel|depthwise_filter", 1),
             pointwise = kernel_option(call, "pointwise_kernel|pointwise_filter", 2);
  const Sliding how{sizes_of(call, windows, "strides", 3, 1),
                    sizes_of(call, windows, "dilation_rate|dilations", 6, 1), padding_of(call, windows, 4)};
  windows.x = depthwise(windows, spatial, how, "depthwise");
  const Sizes one(windows.axes, 1);
  if (!call.failed())
    windows.output(convolved(windows, pointwise, {one, one, Padding::valid(windows.axes)}, 1, ""));
}

// Keras's kernels [.., O, C] and sizes: in * stride + max(kernel - stride, 0) unless padded "same".
void conv_transpose(Call& call) {
  const Windows windows(call, Term(call, operand(call)).real());
  const Term kernel = kernel_option(call, "kernel|filters|filter", 1);
  const Sizes dims = kernel_of(call, kernel, windows);
  ConvTranspose op =
      with(ConvTranspose{}, &ConvTranspose::strides, sizes_of(call, windows, "strides", 2, 1),
           &ConvTranspose::dilations, sizes_of(call, windows, "dilation_rate|dilations", 6, 1));
  op.padding = padding_of(call, windows, 3);
  if (call.option("output_padding", 4))
    return call.refuse("output_padding", "use keras.layers.Conv2DTranspose");
  op.output_padding.assign(windows.axes, 0);
  if (op.padding.mode == Padding::Mode::explicit_)
    for (std::size_t i = 0; i < windows.axes && !call.failed(); ++i)
      op.output_padding[i] = std::max<std::int64_t>(op.strides[i] - ((dims[i] - 1) * op.dilations[i] + 1), 0);
  if (!call.failed())
    windows.output({call, call.add(op, {windows.x, kernel}, windows.channels_first ? "conv" : "")});
}

void pool(Call& call, Pool::Kind kind) {
  const Windows windows(call, {call, operand(call)});
  Pool op = with(Pool{}, &Pool::kind, kind, &Pool::dilations, Sizes(windows.axes, 1));
  op.window = sizes_of(call, windows, "pool_size|ksize", 1, 0);
  op.strides = call.option("strides", 2) ? sizes_of(call, windows, "strides", 2, 1) : op.window;
  op.padding = padding_of(call, windows, 3);
  if (!call.failed())
    windows.output({call, call.add(op, {windows.x.real()}, windows.channels_first ? "pool" : "")});
}

// tf.nn.pool, which names its kind.
void any_pool(Call& call) {
  const std::string_view kind = call.text_option("pooling_type", 2, "");
  if (kind != "MAX" && kind != "AVG") return call.mistake("pooling_type", "MAX or AVG");
  const Windows windows(call, {call, operand(call)});
  Pool op = with(Pool{}, &Pool::kind, kind == "MAX" ? Pool::Kind::max : Pool::Kind::average);
  op.window = sizes_of(call, windows, "window_shape", 1, 0);
  op.strides = sizes_of(call, windows, "strides", 3, 1);
  op.dilations = sizes_of(call, windows, "dilations", 6, 1);
  op.padding = padding_of(call, windows, 4);
  if (!call.failed())
    windows.output({call, call.add(op, {windows.x.real()}, windows.channels_first ? "pool" : "")});
}

template <Pool::Kind kKind>
void adaptive(Call& call) {
  const Windows windows(call, Term(call, operand(call)).real());
  const Sizes places = sizes_of(call, windows, "output_size", 1, 0);
  if (!call.failed()) windows.output({call, adaptive_pool(call, windows.x, kKind, places)});
}

template <bool kInverse>
void blocks(Call& call) {
  const Windows windows(call, {call, operand(call)});
  const DepthToSpace op = with(DepthToSpace{}, &DepthToSpace::block, call.integer_option("block_size", 1),
                               &DepthToSpace::inverse, kInverse);
  if (!call.failed())
    windows.output({call, call.add(op, {windows.x}, windows.channels_first ? "blocks" : "")});
}

// A pair of numbers, or one for both.
std::array<std::int64_t, 2> pair(Call& call, std::string_view name, std::int64_t otherwise,
                                 std::int64_t least) {
  Sizes both = call.option(name, -1) ? call.integers_option(name, -1) : Sizes{otherwise};
  if (both.size() == 1) both.push_back(both[0]);
  const bool good = both.size() == 2 && std::all_of(both.begin(), both.end(), [&](std::int64_t n) {
                      return n >= least && n <= 1 << 20;
                    });
  if (!good) call.mistake(name, text("numbers of {} or more", least));
  return good ? std::array{both[0], both[1]} : std::array{least, least};
}

// Windows over [N, C, H, W] as columns [N, C k k, places], as torch.nn.Unfold has them.
struct Patches {
  std::array<std::int64_t, 2> kernel, dilation, padding, stride;
  std::array<std::int64_t, 2> places{};
  explicit Patches(Call& call)
      : kernel(pair(call, "kernel_size", 1, 1)),
        dilation(pair(call, "dilation", 1, 1)),
        padding(pair(call, "padding", 0, 0)),
        stride(pair(call, "stride", 1, 1)) {}

  std::string described() const {
    return text("kernel_size={}x{}, dilation={}x{}, padding={}x{}, stride={}x{}", kernel[0], kernel[1],
                dilation[0], dilation[1], padding[0], padding[1], stride[0], stride[1]);
  }

  // False where no window fits.
  bool over(Call& call, std::int64_t height, std::int64_t width) {
    const std::array sizes{height, width};
    for (std::size_t i = 0; i < 2; ++i)
      places[i] = (sizes[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i] + 1;
    if (places[0] < 1 || places[1] < 1)
      call.mistake("kernel_size", text("windows that fit {}x{} places with {}", height, width, described()));
    if (kernel[0] * kernel[1] > 4096) call.mistake("kernel_size", "windows of 4096 elements or fewer");
    return !call.failed();
  }
};

void unfold(Call& call) {
  Term x(call, operand(call));
  call.want_rank(x, 4);
  Patches patches(call);
  if (!patches.over(call, call.size(x, 2), call.size(x, 3))) return;
  const std::int64_t channels = call.size(x, 1);
  if (patches.padding[0] + patches.padding[1] > 0) {
    const Sizes around{0, 0, patches.padding[0], patches.padding[1]};
    x = {call, call.add(with(Pad{}, &Pad::before, around, &Pad::after, around), {x}, "padded")};
  }
  std::vector<Term> taps;
  for (std::int64_t i = 0; i < patches.kernel[0]; ++i)
    for (std::int64_t j = 0; j < patches.kernel[1]; ++j) {
      const auto along = [&](Term from, std::int64_t axis, std::size_t d, std::int64_t tap) {
        const std::int64_t first = tap * patches.dilation[d];
        return part(from, axis, first, first + (patches.places[d] - 1) * patches.stride[d] + 1,
                    patches.stride[d]);
      };
      taps.push_back(widened(along(along(x, 2, 0, i), 3, 1, j), 2));
    }
  const Term columns = joined(call, std::move(taps), 2);
  call.output(shaped(columns, {Reshape::keep(0), channels * patches.kernel[0] * patches.kernel[1],
                               patches.places[0] * patches.places[1]}));
}

// Adds columns up where they came from: rows of [C h w, N], each with its place.
void fold(Call& call) {
  const Term x(call, operand(call));
  call.want_rank(x, 3);
  Patches patches(call);
  if (!call.option("output_size", -1)) call.mistake("output_size", "two sizes of 1 or more");
  const auto size = pair(call, "output_size", 1, 1);
  if (call.failed() || !patches.over(call, size[0], size[1])) return;
  const std::int64_t taps = patches.kernel[0] * patches.kernel[1], columns = call.size(x, 1),
                     channels = columns / taps;
  const std::int64_t count = patches.places[0] * patches.places[1];
  if (columns % taps != 0 || call.size(x, 2) != count)
    return call.mistake("output_size", text("sizes to which {} windows belong with {}", call.size(x, 2),
                                            patches.described()));
  const std::int64_t height = size[0] + 2 * patches.padding[0], width = size[1] + 2 * patches.padding[1];
  if (!affordable(call, columns, count) || !affordable(call, channels * height, width)) return;
  Tensor to(DType::i32, {columns * count, 1});
  std::int32_t* next = to.as<std::int32_t>();
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t tap = 0; tap < taps; ++tap)
      for (std::int64_t place = 0; place < count; ++place) {
        const std::int64_t row =
            place / patches.places[1] * patches.stride[0] + tap / patches.kernel[1] * patches.dilation[0];
        const std::int64_t column =
            place % patches.places[1] * patches.stride[1] + tap % patches.kernel[1] * patches.dilation[1];
        *next++ = static_cast<std::int32_t>((c * height + row) * width + column);
      }
  const Term rows = transposed(shaped(x, {Reshape::keep(0), columns * count}), {1, 0});
  const Term empty(
      call, call.add(with(Fill{}, &Fill::target, Sizes{channels * height * width, Reshape::keep(1)}), {rows},
                     "empty"));
  const ScatterNd add = with(ScatterNd{}, &ScatterNd::reduction, ScatterNd::Reduction::add);
  const Term sums(call, call.add(add, {empty, call.constant(std::move(to), "places"), rows.real()}, "sums"));
  Term y = shaped(transposed(sums, {1, 0}), {Reshape::keep(0), channels, height, width});
  if (patches.padding[0] > 0) y = part(y, 2, patches.padding[0], -patches.padding[0]);
  if (patches.padding[1] > 0) y = part(y, 3, patches.padding[1], -patches.padding[1]);
  call.output(y);
}

constexpr Rule kRules[] = {
    {"Conv", conv},
    {"DepthwiseConv", depthwise_conv},
    {"SeparableConv", separable_conv},
    {"ConvTranspose", conv_transpose},
    {"MaxPool", max_pool},
    {"AveragePool", average_pool},
    {"AdaptiveMaxPool", adaptive<Pool::Kind::max>},
    {"AdaptiveAveragePool", adaptive<Pool::Kind::average>},
    {"DepthToSpace", blocks<false>},
    {"SpaceToDepth", blocks<true>},
    {"Unfold", unfold},
    {"Fold", fold},
};

constexpr Rule kFunctions[] = {
    {"nn.convolution", conv},
    {"nn.conv1d", conv},
    {"nn.conv2d", conv},
    {"nn.conv3d", conv},
    {"nn.depthwise_conv2d", depthwise_conv},
    {"nn.separable_conv2d", separable_conv},
    {"compat.v1.nn.conv1d", conv},
    {"compat.v1.nn.conv2d", conv},
    {"compat.v1.nn.conv3d", conv},
    {"compat.v1.nn.depthwise_conv2d", depthwise_conv},
    {"compat.v1.nn.separable_conv2d", separable_conv},
    {"nn.max_pool", max_pool},
    {"nn.max_pool1d", max_pool},
    {"nn.max_pool2d", max_pool},
    {"nn.max_pool3d", max_pool},
    {"nn.avg_pool", average_pool},
    {"nn.avg_pool1d", average_pool},
    {"nn.avg_pool2d", average_pool},
    {"nn.avg_pool3d", average_pool},
    {"compat.v1.nn.max_pool", max_pool},
    {"compat.v1.nn.max_pool2d", max_pool},
    {"compat.v1.nn.avg_pool", average_pool},
    {"nn.pool", any_pool},
    {"compat.v1.nn.pool", any_pool},
    {"nn.depth_to_space", blocks<false>},
    {"nn.space_to_depth", blocks<true>},
    {"compat.v1.depth_to_space", blocks<false>},
    {"compat.v1.space_to_depth", blocks<true>},
};

}  // namespace

void max_pool(Call& call) { pool(call, Pool::Kind::max); }
void average_pool(Call& call) { pool(call, Pool::Kind::average); }

std::span<const Rule> window_operations() { return kRules; }
std::span<const Rule> window_functions() { return kFunctions; }

}  // namespace vivace::keras
