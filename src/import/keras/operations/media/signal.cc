// keras.ops of signals as nodes: frames, Fourier transforms, spectrograms and back.
#include "import/keras/build/signal.h"

#include <cmath>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/operands.h"

namespace vivace::keras {
namespace {

using Kind = Dft::Kind;

void give(Call& call, const Spectrum& spectrum) {
  call.output(spectrum[0]);
  call.output(spectrum[1]);
}

std::int64_t size_option(Call& call, std::string_view name) {
  const std::int64_t size = call.integer_option(name, -1);
  if (!call.failed() && (size < 1 || size > INT32_MAX)) call.mistake(name, "a size of 1 or more");
  return call.failed() ? 1 : size;
}

void extract_sequences(Call& call) {
  const std::int64_t length = size_option(call, "sequence_length"),
                     stride = size_option(call, "sequence_stride");
  call.output(call.add(with(Frames{}, &Frames::length, length, &Frames::stride, stride), {operand(call)}));
}

void fft(Call& call) {
  const ValueId real = call.input(0), imaginary = call.input(1);
  give(call, transformed(call, Kind::complex, real, imaginary, call.size(real, -1)));
}

Spectrum swapped(Call& call, const Spectrum& x) {
  if (call.failed()) return x;
  Sizes order;
  for (std::int64_t axis = 0; axis < call.rank(x[0]); ++axis) order.push_back(axis);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return {call.transpose(x[0], order, "real_turned"), call.transpose(x[1], order, "imaginary_turned")};
}

Spectrum fft2_of(Call& call, Spectrum x) {
  if (call.rank(x[0]) < 2) call.want_rank(x[0], 2);
  for (int axis = 0; axis < 2; ++axis)
    x = swapped(call, transformed(call, Kind::complex, x[0], x[1], call.size(x[0], -1)));
  return x;
}

void fft2(Call& call) { give(call, fft2_of(call, {call.input(0), call.input(1)})); }

// The conjugate of the transform of the conjugate, divided by the number of places.
void ifft2(Call& call) {
  const ValueId real = call.input(0), minus = call.unary(UnaryKind::negate, call.input(1), "conjugate");
  const Spectrum y = fft2_of(call, {real, minus});
  const auto places = static_cast<double>(call.size(real, -1)) * static_cast<double>(call.size(real, -2));
  give(call, {call.binary(Binary::Kind::divide, y[0], call.scalar(places)),
              call.binary(Binary::Kind::divide, y[1], call.scalar(-places), "imaginary")});
}

void rfft(Call& call) {
  const ValueId x = operand(call);
  const std::int64_t length =
      call.option("fft_length", 1) ? call.integer_option("fft_length", 1) : call.size(x, -1);
  give(call, transformed(call, Kind::real, x, kNoValue, length));
}

void irfft(Call& call) {
  const ValueId real = call.input(0);
  if (!call.option("fft_length", 1) && call.dim(real, -1) == Dim(1))
    return call.mistake("fft_length", "which a spectrum of one place needs");
  const std::int64_t length =
      call.option("fft_length", 1) ? call.integer_option("fft_length", 1) : 2 * (call.size(real, -1) - 1);
  call.output(transformed(call, Kind::inverse_real, real, call.input(1), length)[0]);
}

std::vector<float> window_option(Call& call, std::int64_t length) {
  const Setting* given = call.option("window", -1);
  if (!given && call.config().raw("window")) return {};  // None: ones
  if (!given) return named_window(call, "window", "hann", length);
  if (given->is(Setting::Kind::text)) return named_window(call, "window", given->text, length);
  const ValueId value = call.as_value(*given);
  const ConstantPtr numbers = call.failed() ? nullptr : call.builder().graph().value(value).constant;
  if (!numbers || numbers->dtype() != DType::f32) {
    call.refuse("a window that is computed", "give its name or its numbers");
    return {};
  }
  const auto all = numbers->as<float>();
  if (all.empty()) call.mistake("window", "\"hann\", \"hamming\" or numbers");
  return {all.begin(), all.end()};
}

Stft stft_option(Call& call) {
  Stft stft{call.integer_option("sequence_length", -1),
            call.integer_option("sequence_stride", -1),
            call.integer_option("fft_length", -1),
            call.flag_option("center", -1, true),
            {}};
  stft.window = window_option(call, stft.length);
  return stft;
}

void stft(Call& call) {
  Stft stft = stft_option(call);
  if (complete(call, stft)) give(call, stft_of(call, operand(call), stft));
}

// The window with which overlapping frames add up to the signal again.
std::vector<float> inverse_window(const Stft& stft) {
  const auto stride = static_cast<std::size_t>(stft.stride);
  std::vector<double> power(std::min(stride, stft.window.size()), 0.0);
  for (std::size_t i = 0; i < stft.window.size(); ++i)
    power[i % stride] += static_cast<double>(stft.window[i]) * static_cast<double>(stft.window[i]);
  std::vector<float> window;
  for (std::size_t i = 0; i < stft.window.size(); ++i)
    window.push_back(power[i % stride] == 0
                         ? 0.0f
                         : static_cast<float>(static_cast<double>(stft.window[i]) / power[i % stride]));
  return window;
}

void istft(Call& call) {
  Stft stft = stft_option(call);
  if (!complete(call, stft)) return;
  ValueId x = transformed(call, Kind::inverse_real, call.input(0), call.input(1), stft.fft, "frames")[0];
  if (!stft.window.empty())
    x = call.binary(Binary::Kind::multiply, x, call.constant(inverse_window(stft), {stft.fft}), "windowed");
  x = call.add(
      with(Frames{}, &Frames::length, stft.fft, &Frames::stride, stft.stride, &Frames::inverse, true), {x},
      "added_up");
  const std::int64_t start = stft.center ? stft.fft / 2 : 0;
  std::int64_t stop = stft.center ? -start : Slice::kEnd;
  if (call.option("length", -1)) stop = start + size_option(call, "length");
  call.output(call.add(with(Slice{}, &Slice::axes, Sizes{call.rank(x) - 1}, &Slice::starts, Sizes{start},
                            &Slice::stops, Sizes{stop}, &Slice::steps, Sizes{1}),
                       {x}));
}

constexpr Rule kRules[] = {
    {"ExtractSequences", extract_sequences},
    {"FFT", fft},
    {"FFT2", fft2},
    {"IFFT2", ifft2},
    {"RFFT", rfft},
    {"IRFFT", irfft},
    {"STFT", stft},
    {"ISTFT", istft},
};

}  // namespace

std::span<const Rule> signal_operations() { return kRules; }

}  // namespace vivace::keras
