// Spectrograms: sound to pictures.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/build/signal.h"
#include "import/keras/build/window.h"

namespace vivace::keras {
namespace {

constexpr double kEpsilon = 1e-7;  // keras.backend.epsilon()

// STFTSpectrogram keeps its window times cosine and sine as kernels of a convolution over time.
struct Spectrogram {
  Call& call;
  std::int64_t frame, step, places;
  bool first, expands, same;

  explicit Spectrogram(Call& c)
      : call(c),
        frame(c.config().size("frame_length", 256)),
        step(c.config().has("frame_step") ? c.config().size("frame_step")
                                          : std::max<std::int64_t>(frame / 2, 1)),
        places(0),
        first(c.channels_first()),
        expands(c.config().flag("expand_dims", false)),
        same(pads_same(c.config())) {
    std::int64_t fft = 1;
    while (fft < frame) fft *= 2;
    if (c.config().has("fft_length")) fft = c.config().size("fft_length");
    if (step > frame) c.config().mistake("frame_step", text("a size up to frame_length={}", frame));
    if (fft < frame) c.config().mistake("fft_length", text("a size from frame_length={} on", frame));
    places = fft / 2 + 1;
  }

  // x [N, time, channels], every channel by itself: [N, channels, time, places].
  ValueId part(ValueId x, std::string_view kernel) const {
    const std::int64_t channels = call.size(x, 2);
    const ValueId weight = call.weight(kernel, {frame, 1, places}, "frame_length");
    Conv op = with(Conv{}, &Conv::strides, Sizes{step}, &Conv::dilations, Sizes{1}, &Conv::padding,
                   Padding::valid(1));
    if (same) op.padding = Padding::same();
    if (channels == 1) {
      const ValueId y = call.add(op, {x, weight}, kernel);
      return call.reshape(y, {Reshape::keep(0), 1, Reshape::keep(1), places}, "channel");
    }
    std::vector<ValueId> parts;
    for (std::int64_t c = 0; c < channels && !call.failed(); ++c) {
      const ValueId channel = call.add(with(Slice{}, &Slice::axes, Sizes{2}, &Slice::starts, Sizes{c},
                                            &Slice::stops, Sizes{c + 1}, &Slice::steps, Sizes{1}),
                                       {x}, "channel");
      const ValueId y = call.add(op, {channel, weight}, kernel);
      parts.push_back(call.reshape(y, {Reshape::keep(0), 1, Reshape::keep(1), places}, "channel_alone"));
    }
    return call.add(with(Concat{}, &Concat::axis, 1), parts, "channels");
  }

  // [N, channels, time, places] in the order that the config asks for.
  ValueId ordered(ValueId y) const {
    if (expands) return first ? y : call.transpose(y, {0, 2, 3, 1}, "channels_last");
    const std::int64_t channels = call.size(y, 1), width = call.size(y, 3);
    if (call.failed()) return y;
    if (!first && channels == 1) return call.reshape(y, {Reshape::keep(0), Reshape::keep(2), width});
    y = call.transpose(y, first ? Sizes{0, 1, 3, 2} : Sizes{0, 2, 1, 3}, "in_order");
    return first ? call.reshape(y, {Reshape::keep(0), channels * width, Reshape::keep(3)})
                 : call.reshape(y, {Reshape::keep(0), Reshape::keep(1), channels * width});
  }
};

// All places but the first and the last stand for two frequencies.
ValueId doubled(Call& call, ValueId power, std::int64_t places) {
  std::vector<float> twice(static_cast<std::size_t>(places), 2.0f);
  twice.front() = twice.back() = 1.0f;
  return call.binary(Binary::Kind::multiply, power, call.constant(twice, {places}), "both_sides");
}

ValueId at_least(Call& call, ValueId x, double least, std::string_view step) {
  return call.binary(Binary::Kind::maximum, x, call.scalar(least), step);
}

void stft_spectrogram(Call& call) {
  const std::string_view mode = call.config().text("mode", "log");
  constexpr std::string_view kModes[] = {"log", "magnitude", "psd", "real", "imag", "angle", "stft"};
  if (std::ranges::find(kModes, mode) == std::end(kModes))
    return call.config().mistake(
        "mode", "\"log\", \"magnitude\", \"psd\", \"real\", \"imag\", \"angle\" or \"stft\"");
  const Spectrogram s(call);
  ValueId x = call.input();
  call.want_rank(x, 3);
  if (!call.failed() && !is_float(call.dtype(x)))
    return call.refuse(text("a signal of type {}", name_of(call.dtype(x))), "give it float32");
  if (s.first) x = call.transpose(x, {0, 2, 1}, "channels_last");
  const ValueId real = mode == "imag" ? kNoValue : s.part(x, "real_kernel");
  const ValueId imaginary = mode == "real" ? kNoValue : s.part(x, "imag_kernel");
  if (mode == "real") return call.output(s.ordered(real));
  if (mode == "imag") return call.output(s.ordered(imaginary));
  if (mode == "angle")
    return call.output(s.ordered(call.binary(Binary::Kind::atan2, imaginary, real, "angle")));
  if (mode == "stft")
    return call.output(s.ordered(call.add(with(Concat{}, &Concat::axis, 3), {real, imaginary}, "both")));
  const ValueId power = call.binary(Binary::Kind::add, call.unary(UnaryKind::square, real, "real_squared"),
                                    call.unary(UnaryKind::square, imaginary, "imaginary_squared"), "power");
  if (mode == "psd") return call.output(s.ordered(doubled(call, power, s.places)));
  ValueId y = call.unary(UnaryKind::sqrt, at_least(call, power, kEpsilon, "power_above_0"), "magnitude");
  if (mode == "log") y = call.unary(UnaryKind::log, at_least(call, y, kEpsilon, "magnitude_above_0"), "log");
  call.output(s.ordered(y));
}

float mel(float hertz) { return 1127.0f * std::log(1.0f + hertz / 700.0f); }

// Triangles over the spectrum's places, [places, bins], as TensorFlow computes them in float32.
Tensor mel_weights(std::int64_t places, std::int64_t bins, float rate, float least, float most) {
  Tensor weights(DType::f32, {places, bins});
  const float low = mel(least), step = (mel(most) - low) / static_cast<float>(bins + 1);
  const float nyquist = rate / 2, hertz = nyquist / static_cast<float>(places - 1);
  const auto edge = [&](std::int64_t i) {
    return i == bins + 1 ? mel(most) : low + step * static_cast<float>(i);
  };
  for (std::int64_t place = 1; place < places; ++place) {
    const float at = mel(place + 1 == places ? nyquist : hertz * static_cast<float>(place));
    for (std::int64_t bin = 0; bin < bins; ++bin) {
      const float rise = (at - edge(bin)) / (edge(bin + 1) - edge(bin));
      const float fall = (edge(bin + 2) - at) / (edge(bin + 2) - edge(bin + 1));
      weights.as<float>()[place * bins + bin] = std::max(0.0f, std::min(rise, fall));
    }
  }
  return weights;
}

constexpr std::int64_t kMostWeights = 1 << 26;

ValueId in_mel(Call& call, ValueId spectrum, std::int64_t places) {
  const Config& config = call.config();
  const std::int64_t bins = config.size("num_mel_bins", 128);
  const double rate = config.number("sampling_rate", 16000), least = config.number("min_freq", 20);
  double most = config.number("max_freq", 0);
  if (most == 0) most = std::trunc(rate / 2);
  if (bins > kMostWeights / places)
    config.mistake("num_mel_bins", text("a size up to {}", kMostWeights / places));
  if (rate <= 0) config.mistake("sampling_rate", "a number above 0");
  if (least < 0 || most <= least) config.mistake("min_freq", text("a number from 0 up to max_freq={}", most));
  if (call.failed()) return spectrum;
  const ValueId weights = call.constant(mel_weights(places, bins, static_cast<float>(rate),
                                                    static_cast<float>(least), static_cast<float>(most)),
                                        "mel_weights");
  return call.add(MatMul{}, {spectrum, weights}, "mel");
}

// Checked where powers stay powers, too.
struct Decibels {
  double least, reference, range;
};

Decibels decibels_of(const Config& config) {
  const Decibels decibels{config.number("min_power", 1e-10), config.number("ref_power", 1),
                          config.number("top_db", 80)};
  if (decibels.least <= 0) config.mistake("min_power", "a number above 0");
  return decibels;
}

// Decibels below the reference, none further below the loudest of all than top_db.
ValueId in_decibels(Call& call, ValueId x, const Decibels& decibels) {
  const double reference = std::max(std::fabs(decibels.reference), decibels.least);
  ValueId y = call.unary(UnaryKind::log10, at_least(call, x, decibels.least, "above_0"), "log");
  y = call.binary(Binary::Kind::multiply, y, call.scalar(10), "decibels");
  y = call.binary(Binary::Kind::subtract, y, call.scalar(10 * std::log10(reference)), "relative");
  if (call.failed()) return y;
  Sizes all;
  for (std::int64_t axis = 0; axis < call.rank(y); ++axis) all.push_back(axis);
  const ValueId loudest =
      call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::max, &Reduce::axes, all, &Reduce::keep_dims, true),
               {y}, "loudest");
  const ValueId floor = call.binary(Binary::Kind::subtract, loudest, call.scalar(decibels.range), "floor");
  return call.binary(Binary::Kind::maximum, y, floor, "clipped");
}

void mel_spectrogram(Call& call) {
  const Config& config = call.config();
  Stft stft{0, config.size("sequence_stride", 512), config.size("fft_length", 2048), true, {}};
  stft.length = config.has("sequence_length") ? config.size("sequence_length") : stft.fft;
  if (config.has("window") || !config.raw("window"))
    stft.window = named_window(call, "window", config.text("window", "hann"), stft.length);
  const ValueId x = call.float_input();
  if (!call.failed() && call.rank(x) != 1) call.want_rank(x, 2);
  if (!complete(call, stft)) return;
  const Spectrum s = stft_of(call, x, stft);
  const ValueId power = call.binary(Binary::Kind::add, call.unary(UnaryKind::square, s[0], "real_squared"),
                                    call.unary(UnaryKind::square, s[1], "imaginary_squared"), "power");
  const double exponent = config.number("mag_exp", 2);
  ValueId y = power;
  if (exponent != 2) {
    y = call.unary(UnaryKind::sqrt, power, "magnitude");
    if (exponent != 1) y = call.binary(Binary::Kind::power, y, call.scalar(exponent), "raised");
  }
  y = in_mel(call, y, stft.fft / 2 + 1);
  const Decibels decibels = decibels_of(config);
  if (config.flag("power_to_db", true)) y = in_decibels(call, y, decibels);
  call.output(call.transpose(y, call.rank(y) == 2 ? Sizes{1, 0} : Sizes{0, 2, 1}));
}

constexpr Rule kRules[] = {
    {"STFTSpectrogram", stft_spectrogram, "real_kernel?mode!=imag imag_kernel?mode!=real"},
    {"MelSpectrogram", mel_spectrogram},
};

}  // namespace

std::span<const Rule> audio_rules() { return kRules; }

}  // namespace vivace::keras
