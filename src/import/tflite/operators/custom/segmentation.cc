// MediaPipe's operators for masks: pooling that remembers where its maximum was, and what goes back from it.
#include "base/text.h"
#include "import/tflite/operators/custom/options.h"

namespace vivace::tflite {
namespace {

// A structure {padding, strides, ...}; its padding is 1 for SAME and 2 for VALID.
int padding_number(std::int32_t padding) { return padding == 1 || padding == 2 ? padding - 1 : -1; }

// Windows that lie beside each other.
struct Windows {
  std::int64_t height, width;
};

Windows windows_of(Call& call) {
  const auto numbers = structure(call, 5);  // padding, stride across and down, window across and down
  const Windows found{numbers[2], numbers[1]};
  if (call.failed()) return {1, 1};
  if (found.height < 1 || found.width < 1 || padding_number(numbers[0]) < 0) {
    call.mistake(text("windows of {}x{}", found.height, found.width));
  } else if (numbers[4] != found.height || numbers[3] != found.width) {
    call.refuse("its windows overlap", "convert the model with strides as large as the windows");
  }
  return call.failed() ? Windows{1, 1} : found;
}

// [N, H, W, C] as [N, H / height, W / width, height width, C].
ValueId in_windows(Call& call, ValueId x, Windows w) {
  call.want_rank(x, 4, 4);
  const std::int64_t height = call.size(x, 1), width = call.size(x, 2), channels = call.size(x, 3);
  if (!call.failed() && (height % w.height != 0 || width % w.width != 0))
    call.refuse(text("windows of {}x{} do not fill {}x{}", w.height, w.width, height, width),
                "convert the model for pictures that they fill");
  if (call.failed()) return kNoValue;
  const Dim batch = call.dims(x)[0], down(height / w.height), across(width / w.width);
  x = call.reshape(x, Dims{batch, down, w.height, across, w.width, channels}, "split");
  x = call.transpose(x, {0, 1, 3, 2, 4, 5}, "windows");
  return call.reshape(x, Dims{batch, down, across, w.height * w.width, channels}, "places");
}

void pool(Call& call) {
  const Windows w = windows_of(call);
  const ValueId x = call.input();
  const Pool op =
      with(Pool{}, &Pool::window, Sizes{w.height, w.width}, &Pool::strides, Sizes{w.height, w.width},
           &Pool::dilations, Sizes{1, 1}, &Pool::padding, Padding::valid(2));
  const ValueId place = call.add(with(ArgReduce{}, &ArgReduce::axis, 3, &ArgReduce::result, DType::i32),
                                 {in_windows(call, x, w)}, "place");
  call.output(call.add(op, {x}));
  if (!call.failed() && call.output_count() > 1 && call.output_tensor(1).type != Type::f32)
    return call.refuse("it numbers places in the whole picture", "convert the model for MediaPipe");
  call.output(call.cast(place, DType::f32, "place_in_floats"));
}

// Each number at its place in its window, beside zeros.
void unpool(Call& call) {
  const Windows w = windows_of(call);
  const ValueId x = call.input(0), place = call.input(1);
  call.want_rank(x, 4, 4), call.want_rank(place, 4, 4);
  if (!call.failed() && call.dtype(place) != DType::f32)
    return call.refuse("it takes places in the whole picture", "convert the model for MediaPipe");
  if (call.failed()) return;
  const Dims& from = call.dims(x);
  const Dim batch = from[0];
  const std::int64_t down = call.size(x, 1), across = call.size(x, 2), channels = call.size(x, 3);
  const ValueId numbers =
      call.reshape(counted(call, w.height * w.width, DType::f32), Sizes{w.height * w.width, 1}, "numbers");
  const ValueId here =
      call.binary(Binary::Kind::equal, with_axes(call, place, {3}, "place"), numbers, "here");
  ValueId y = call.add(Select{}, {here, with_axes(call, x, {3}, "spread"), call.scalar(0)}, "placed");
  y = call.reshape(y, Dims{batch, down, across, w.height, w.width, channels}, "windows");
  y = call.transpose(y, {0, 1, 3, 2, 4, 5}, "rows");
  call.output(call.reshape(y, Dims{batch, down * w.height, across * w.width, channels}));
}

void transpose_conv_with_bias(Call& call) {
  const auto numbers = structure(call, 3);  // padding, stride across and down
  const Sizes strides{numbers[2], numbers[1]};
  const ValueId x = call.input(0), weights = call.weight(1, {1, 2, 0, 3});
  call.want_rank(x, 4, 4), call.want_rank(weights, 4, 4);
  Sizes sizes;
  for (std::int64_t axis = 0; axis < 2; ++axis) {
    const std::int64_t in = call.size(x, axis + 1), kernel = call.size(weights, axis),
                       stride = strides[static_cast<std::size_t>(axis)];
    if (!call.failed() && (in < 1 || in > 1 << 24 || stride < 1 || stride > 1 << 24))
      return call.mistake(text("strides of {} over {}", stride, in));
    sizes.push_back(numbers[0] == 1 ? in * stride : (in - 1) * stride + kernel);
  }
  ConvTranspose op =
      with(ConvTranspose{}, &ConvTranspose::strides, strides, &ConvTranspose::dilations, Sizes{1, 1});
  const Cropped cropped = crop_to(call, x, weights, sizes, strides, op.dilations, padding_number(numbers[0]));
  op.padding = cropped.padding;
  op.output_padding = cropped.output_padding;
  call.output(call.add(op, {x, weights, call.optional_weight(2)}));
}

constexpr CustomRule kRules[] = {
    {"MaxPoolingWithArgmax2D", pool},
    {"MaxUnpooling2D", unpool},
    {"Convolution2DTransposeBias", transpose_conv_with_bias},
};

}  // namespace

std::span<const CustomRule> segmentation_rules() { return kRules; }

}  // namespace vivace::tflite
