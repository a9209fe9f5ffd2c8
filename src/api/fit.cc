// Fitting a tensor to an input: its type, its batch axis, a picture's size; never its scale.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "api/impl.h"
#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/resize_taps.h"
#include "vivace/io.h"

namespace vivace {
namespace {

Tensor reshaped(const Tensor& tensor, Shape dims) {
  Tensor result(tensor.dtype(), std::move(dims));
  std::memcpy(result.data(), tensor.data(), tensor.bytes());
  result.own_strings();
  return result;
}

bool fits(const Shape& dims, const Shape& want) {
  if (dims.size() != want.size()) return false;
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (want[i] >= 0 && dims[i] != want[i]) return false;
  return true;
}

// The port's sizes, with those of `shape` where they are open.
Result<Shape> wanted(const Port& port, const Shape& shape) {
  Shape want = port.dims;
  for (std::size_t i = 0; i < want.size() && i < shape.size(); ++i) {
    if (want[i] >= 0 && shape[i] >= 0 && shape[i] != want[i])
      return Error("predict.shape", text("axis {} of input \"{}\" is {}, and {} was asked for", i, port.name,
                                         want[i], shape[i]))
          .why("the model leaves open only the sizes that are -1")
          .fix(text("give {} for it, or -1", to_text(want)));
    if (want[i] < 0) want[i] = shape[i];
  }
  return want;
}

// Integers to floats and between widths, as long as no number changes.
Result<Tensor> converted(const Tensor& tensor, const Port& port) {
  if (tensor.dtype() == port.dtype) return tensor;
  if (tensor.dtype() == DType::string || port.dtype == DType::string)
    return Error("predict.dtype", text("input \"{}\" wants {}, it was given {}", port.name,
                                       name_of(port.dtype), name_of(tensor.dtype())));
  Tensor result(port.dtype, tensor.dims());
  const TensorView from = tensor.view();
  const MutableTensorView to = result.view();
  const bool narrowing = is_float(tensor.dtype()) && is_float(port.dtype);
  for (std::int64_t i = 0; i < from.count(); ++i) {
    const double x = load(from, i);
    store(to, i, x);
    if (!narrowing && load(to, i) != x && !std::isnan(x))
      return Error("predict.dtype", text("input \"{}\" wants {}, and {} holds numbers like {} that it cannot",
                                         port.name, name_of(port.dtype), name_of(tensor.dtype()), x))
          .fix(text("convert it as you mean it: array.astype(\"{}\")", name_of(port.dtype)));
  }
  return result;
}

double grey_of(const TensorView& pixels, std::int64_t pixel, std::int64_t channels) {
  // ITU-R BT.601 luma, as tf.image.rgb_to_grayscale.
  constexpr double kWeights[3] = {0.2989, 0.5870, 0.1140};
  double sum = 0;
  for (std::int64_t c = 0; c < 3; ++c) sum += kWeights[c] * load(pixels, pixel * channels + c);
  return sum;
}

// Grey to colour by repeating, colour to grey by luma, alpha dropped.
Tensor with_channels(const Tensor& picture, std::int64_t channels) {
  const std::int64_t had = picture.dims()[2], pixels = picture.dims()[0] * picture.dims()[1];
  Tensor result(picture.dtype(), {picture.dims()[0], picture.dims()[1], channels});
  const TensorView from = picture.view();
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c) {
      const bool to_grey = channels == 1 && had >= 3;
      store(result.view(), p * channels + c,
            to_grey ? std::round(grey_of(from, p, had)) : load(from, p * had + (had < 3 ? 0 : c)));
    }
  return result;
}

// Rows are blended first, then columns; only the rows that count are read, which matters for photographs.
template <class Load>
void resize_into(Tensor& result, const Tensor& picture, Load load_as) {
  const std::int64_t channels = picture.dims()[2], line = picture.dims()[1] * channels;
  const Shape from = {1, picture.dims()[0], picture.dims()[1], channels};
  const Shape to = {1, result.dims()[0], result.dims()[1], channels};
  const auto taps = resize_taps(Resize{}, from, to);
  std::vector<float> blended(static_cast<std::size_t>(line));
  float* y = result.as<float>();
  for (std::size_t row = 0; row < static_cast<std::size_t>(to[1]); ++row) {
    std::fill(blended.begin(), blended.end(), 0.0f);
    for (const ResizeTap& tap : taps[0].of(row))
      for (std::int64_t i = 0; i < line; ++i)
        blended[static_cast<std::size_t>(i)] += tap.weight * load_as(tap.source * line + i);
    for (std::size_t column = 0; column < static_cast<std::size_t>(to[2]); ++column, y += channels) {
      std::fill_n(y, channels, 0.0f);
      for (const ResizeTap& tap : taps[1].of(column))
        for (std::int64_t c = 0; c < channels; ++c)
          y[c] += tap.weight * blended[static_cast<std::size_t>(tap.source * channels + c)];
    }
  }
}

Tensor resized(const Tensor& picture, std::int64_t height, std::int64_t width) {
  Tensor result(DType::f32, {height, width, picture.dims()[2]});
  if (picture.dtype() == DType::u8)
    resize_into(result, picture,
                [x = picture.as<std::uint8_t>()](std::int64_t i) { return static_cast<float>(x[i]); });
  else
    resize_into(result, picture,
                [x = picture.view()](std::int64_t i) { return static_cast<float>(load(x, i)); });
  return result;
}

// A picture [height,width,channels] for an input [batch,height,width,channels] (or without channels).
Result<Fitted> fit_picture(const Tensor& picture, const Shape& want) {
  Fitted fitted{picture, {}};
  const bool no_channels = want.size() == 3 && (want[2] > 4 || want[2] < 0);
  const std::size_t first = want.size() - (no_channels ? 2 : 3);
  const std::int64_t channels = no_channels ? 1 : want[first + 2];
  if (channels > 0 && channels <= 4 && fitted.tensor.dims()[2] != channels) {
    fitted.note = text("{} channels became {}", picture.dims()[2], channels);
    fitted.tensor = with_channels(fitted.tensor, channels);
  }
  const std::int64_t height = want[first] < 0 ? picture.dims()[0] : want[first];
  const std::int64_t width = want[first + 1] < 0 ? picture.dims()[1] : want[first + 1];
  if (height != picture.dims()[0] || width != picture.dims()[1]) {
    fitted.note += text("{}a picture of {}x{} was resized to {}x{} (bilinear)",
                        fitted.note.empty() ? "" : "; ", picture.dims()[0], picture.dims()[1], height, width);
    fitted.tensor = resized(fitted.tensor, height, width);
  }
  return fitted;
}

// The same numbers under the input's rank: a batch axis in front, one channel behind, or flattened rows.
Result<Tensor> with_rank(Tensor tensor, const Port& port, const Shape& want) {
  if (fits(tensor.dims(), want)) return tensor;
  Shape dims = tensor.dims();
  for (const bool channel : {false, true})
    for (const bool batch : {false, true}) {
      Shape tried = dims;
      if (batch) tried.insert(tried.begin(), 1);
      if (channel) tried.push_back(1);
      if (fits(tried, want)) return reshaped(tensor, tried);
    }
  // A table's rows hold one flattened sample each.
  if (dims.size() == 2 && want.size() > 2) {
    Shape tried = want;
    tried[0] = dims[0];
    if (const auto count = checked_count(tried); count && *count == tensor.count())
      return reshaped(tensor, tried);
  }
  return Error("predict.shape",
               text("input \"{}\" wants {}, the file holds {}", port.name, to_text(want), to_text(dims)))
      .why("-1 stands for a size that is up to you")
      .fix("reshape the array, or give --shape where a size is open");
}

}  // namespace

Result<Fitted> fit_to_input(const ReadTensor& read, const Port& port, const Shape& shape) {
  return guard_memory([&]() -> Result<Fitted> {
    VIVACE_TRY(const Shape want, wanted(port, shape));
    Fitted fitted{read.tensor, {}};
    if (read.source == TensorSource::picture && want.size() >= 3 && read.tensor.dims().size() == 3) {
      VIVACE_TRY(fitted, fit_picture(read.tensor, want));
    }
    VIVACE_TRY(Tensor numbers, converted(fitted.tensor, port));
    VIVACE_TRY(fitted.tensor, with_rank(std::move(numbers), port, want));
    return fitted;
  });
}

}  // namespace vivace
