// Windows, frames and Fourier transforms, as tf.signal and keras.ops put them together.
#include "import/keras/build/signal.h"

#include <cmath>
#include <numbers>

#include "base/text.h"

namespace vivace::keras {

Spectrum transformed(Call& call, Dft::Kind kind, ValueId real, ValueId imaginary, std::int64_t length,
                     std::string_view step) {
  if (call.failed()) return {kNoValue, kNoValue};
  if (length < 1 || length > Dft::kLongest || Dft::largest_factor(length) > Dft::kLargestFactor) {
    call.fail(Error("import.config", text("layer \"{}\" transforms {} places", call.layer().path, length))
                  .why(text("lengths from 1 to {} whose prime factors are {} or less are transformed",
                            Dft::kLongest, Dft::kLargestFactor))
                  .fix("take a power of two"));
    return {kNoValue, kNoValue};
  }
  const Dft op = with(Dft{}, &Dft::kind, kind, &Dft::length, length);
  std::vector<ValueId> parts{real};
  if (kind != Dft::Kind::real) parts.push_back(imaginary);
  const auto outputs = call.add_many(op, std::move(parts), step);
  if (outputs.empty()) return {kNoValue, kNoValue};
  return {outputs[0], outputs.size() > 1 ? outputs[1] : kNoValue};
}

std::vector<float> named_window(Call& call, std::string_view key, std::string_view name,
                                std::int64_t length) {
  const bool hann = name == "hann";
  if (!hann && name != "hamming") call.config().mistake(key, "\"hann\" or \"hamming\"");
  if (call.failed() || length < 1 || length > Dft::kLongest) return {};
  // TensorFlow's periodic windows are periodic where the length is even, symmetric where it is odd.
  const double steps = static_cast<double>(length % 2 == 0 ? length : length - 1);
  const double a = hann ? 0.5 : 0.54, b = hann ? 0.5 : 0.46;
  std::vector<float> window;
  for (std::int64_t i = 0; i < length; ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / steps;
    window.push_back(length == 1 ? 1.0f : static_cast<float>(a - b * std::cos(turn)));
  }
  return window;
}

bool complete(Call& call, Stft& stft) {
  if (call.failed()) return false;
  const auto refuse = [&](std::string what) {
    call.fail(Error("import.config", text("layer \"{}\" {}", call.layer().path, what)));
    return false;
  };
  if (stft.length < 1 || stft.fft > Dft::kLongest || stft.fft < stft.length)
    return refuse(
        text("has sequences of {} places and transforms {}, which must be as many or more, up to {}",
             stft.length, stft.fft, Dft::kLongest));
  if (stft.stride < 1 || stft.stride > INT32_MAX)
    return refuse(text("has a stride of {}, which is not a size of 1 or more", stft.stride));
  if (!stft.window.empty() && static_cast<std::int64_t>(stft.window.size()) != stft.length)
    return refuse(text("has a window of {} numbers for sequences of {}", stft.window.size(), stft.length));
  const auto before = static_cast<std::size_t>((stft.fft - stft.length) / 2);
  if (stft.window.empty()) return true;
  stft.window.insert(stft.window.begin(), before, 0.0f);
  stft.window.resize(static_cast<std::size_t>(stft.fft), 0.0f);
  return true;
}

Spectrum stft_of(Call& call, ValueId x, const Stft& stft) {
  if (call.failed()) return {kNoValue, kNoValue};
  if (stft.center) {
    Pad op = with(Pad{}, &Pad::mode, Pad::Mode::reflect);
    op.before.assign(static_cast<std::size_t>(call.rank(x)), 0);
    op.before.back() = stft.fft / 2;
    op.after = op.before;
    x = call.add(op, {x}, "mirrored");
  }
  x = call.add(with(Frames{}, &Frames::length, stft.fft, &Frames::stride, stft.stride), {x}, "frames");
  if (!stft.window.empty())
    x = call.binary(Binary::Kind::multiply, x, call.constant(stft.window, {stft.fft}), "windowed");
  return transformed(call, Dft::Kind::real, x, kNoValue, stft.fft, "spectrum");
}

}  // namespace vivace::keras
