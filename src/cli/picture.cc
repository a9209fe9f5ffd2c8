#include "cli/picture.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/try.h"

namespace vivace::cli {
namespace {

std::string one_or_all(const std::vector<float>& numbers) {
  std::vector<std::string> words;
  for (const float x : numbers) words.push_back(text("{:.7g}", x));
  const bool same = std::ranges::all_of(numbers, [&](float x) { return x == numbers[0]; });
  return same ? words[0] : text("[{}]", join(words, ", "));
}

// Pixels, 0 to 255 and between two where they were blended, as bytes; int8 counts from -128 on.
Tensor bytes_of(const Tensor& pixels, DType dtype) {
  Tensor bytes(dtype, pixels.dims());
  for (std::int64_t i = 0; i < bytes.count(); ++i) {
    const float x = std::clamp(std::round(pixels.as<float>()[i]), 0.0f, 255.0f);
    if (dtype == DType::u8)
      bytes.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(x);
    else
      bytes.as<std::int8_t>()[i] = static_cast<std::int8_t>(x - 128);
  }
  return bytes;
}

// What bytes without any rule are said to be.
std::string assumed(const Port& port) {
  const double least = port.dtype == DType::u8 ? 0 : -128;
  const auto real = [&](double number) {
    return port.card.scale * (number - static_cast<double>(port.card.zero_point));
  };
  std::string note = port.dtype == DType::u8 ? "pixel values are given as the bytes they are, 0 to 255"
                                             : "pixel values are given less 128, as -128 to 127";
  if (is_quantised(port))
    note += text(", which the model reads as {:.4g} to {:.4g}", real(least), real(least + 255));
  return note + ": its file does not say what it wants; --preprocess SCALE,MEAN,STD changes that";
}

}  // namespace

Result<Tensor> picture_for(const Port& port, const ReadTensor& picture,
                           const std::optional<Preprocessing>& how, const Shape& shape,
                           std::vector<std::string>& notes) {
  const std::optional<Preprocessing> rule = how ? how : Preprocessing::stated(port.card);
  const bool bytes = !rule && (port.dtype == DType::u8 || (port.dtype == DType::i8 && is_quantised(port)));
  Port first = port;  // a rule sees a picture of the right size and colours, in floats
  if (rule || bytes) first.dtype = DType::f32;
  VIVACE_TRY(Fitted fitted, fit_to_input(picture, first, shape));
  if (!fitted.note.empty()) notes.push_back(fitted.note);
  if (bytes) {
    notes.push_back(assumed(port));
    return bytes_of(fitted.tensor, port.dtype);
  }
  if (!rule) {
    if (is_float(port.dtype))
      notes.emplace_back(
          "pixel values are given as they are, 0 to 255; --preprocess keras-NAME or SCALE,MEAN,STD changes "
          "that");
    return std::move(fitted.tensor);
  }
  VIVACE_TRY(Tensor numbers, rule->apply(fitted.tensor));
  if (!how)
    notes.push_back(
        text("pixel values become {}, as the model's metadata say", normalisation_text(port.card)));
  if (is_quantised(port)) return quantised(numbers.view(), port);
  VIVACE_TRY(fitted, fit_to_input({std::move(numbers), TensorSource::array}, port));
  return std::move(fitted.tensor);
}

std::string normalisation_text(const TensorCard& card) {
  return text("(x - {}) / {}", one_or_all(card.mean), one_or_all(card.deviation));
}

std::string quantisation_text(const TensorCard& card) {
  const std::string scale = text("{:.7g}", card.scale);
  if (card.zero_point == 0) return scale + " * number";
  return text("{} * (number {} {})", scale, card.zero_point < 0 ? '+' : '-', std::abs(card.zero_point));
}

}  // namespace vivace::cli
