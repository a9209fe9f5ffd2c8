// TensorFlow's functions that make complex numbers, and those that take them: two values, real and imaginary.
#include <bit>

#include "base/text.h"
#include "import/keras/build/signal.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/operands.h"

namespace vivace::keras {
namespace {

using Kind = Dft::Kind;

void give(Call& call, const Spectrum& spectrum) { call.output_complex(spectrum[0], spectrum[1]); }

// The signal filled up behind, so that its last frame is the last that begins inside it.
ValueId with_whole_frames(Call& call, ValueId x, const Stft& stft) {
  const std::int64_t places = call.size(x, -1);
  const std::int64_t frames = (places + stft.stride - 1) / stft.stride;
  const std::int64_t missing = (frames - 1) * stft.stride + stft.length - places;
  if (call.failed() || missing <= 0) return x;
  Pad op;
  op.before.assign(static_cast<std::size_t>(call.rank(x)), 0);
  op.after = op.before;
  op.after.back() = missing;
  return call.add(op, {x}, "filled");
}

// tf.signal.stft(signals, frame_length, frame_step, fft_length=None, window_fn=hann_window, pad_end=False). A
// file holds no window: it is a function.
void stft(Call& call) {
  ValueId x = operand(call);
  Stft stft{call.integer_option("frame_length", 1), call.integer_option("frame_step", 2), 0, false, {}};
  if (call.failed()) return;
  if (stft.length < 1 || stft.length > Dft::kLongest)
    return call.mistake("frame_length", text("from 1 to {}", Dft::kLongest), 1);
  stft.fft = call.integer_option(
      "fft_length", 3, static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(stft.length))));
  if (call.option("window_fn", 4))
    return call.refuse("its window is a function", "leave window_fn out: a Hann window");
  stft.window = named_window(call, "window_fn", "hann", stft.length);
  Stft checked = stft;
  if (!complete(call, checked)) return;
  if (call.flag_option("pad_end", 5, false)) x = with_whole_frames(call, x, stft);
  x = call.add(with(Frames{}, &Frames::length, stft.length, &Frames::stride, stft.stride), {x}, "frames");
  x = call.binary(Binary::Kind::multiply, x, call.constant(stft.window, {stft.length}), "windowed");
  give(call, transformed(call, Kind::real, x, kNoValue, stft.fft));
}

void complex(Call& call) {
  const auto [real, imaginary] = operands(call, "real", "imag");
  give(call, {real, imaginary});
}

// The first argument's parts.
Spectrum parts(Call& call) {
  if (!call.inputs().empty() && call.inputs()[0].imaginary != kNoValue)
    return {call.inputs()[0].value, call.inputs()[0].imaginary};
  call.refuse("its first argument is not complex", "make it so: tf.complex(x, tf.zeros_like(x))");
  return {kNoValue, kNoValue};
}

void magnitude(Call& call) {
  const Spectrum x = parts(call);
  const ValueId real = call.unary(UnaryKind::square, x[0], "real"),
                imaginary = call.unary(UnaryKind::square, x[1], "imaginary");
  call.output(call.unary(UnaryKind::sqrt, call.binary(Binary::Kind::add, real, imaginary, "sum")));
}

void angle(Call& call) {
  const Spectrum x = parts(call);
  call.output(call.binary(Binary::Kind::atan2, x[1], x[0]));
}

void real_part(Call& call) { call.output(parts(call)[0]); }
void imaginary_part(Call& call) { call.output(parts(call)[1]); }
void conjugate(Call& call) {
  const Spectrum x = parts(call);
  call.output_complex(x[0], call.unary(UnaryKind::negate, x[1]));
}

void fft(Call& call) {
  const Spectrum x = parts(call);
  give(call, transformed(call, Kind::complex, x[0], x[1], call.size(x[0], -1)));
}

// What moves elements does the same to both parts.
void each_part(Call& call) {
  const Rule* const rule = find_function_rule(call.config().text("function"));
  (void)parts(call);
  if (call.failed() || call.input_count() != 1 || !rule) return;
  Spectrum moved{};
  for (const bool imaginary : {false, true}) {
    Invocation invocation = call.invocation();
    Flow& x = tensors_of(invocation.positional.front()).front()->flow;
    x = {imaginary ? x.imaginary : x.value, kNoValue, DType::f32, kNoValue};
    Call part(call.builder(), call.layer(), std::move(invocation));
    rule->build(part);
    const auto outputs = part.outputs();
    if (call.failed() || outputs.size() != 1) return;
    moved[imaginary] = outputs[0].value;
  }
  give(call, moved);
}

constexpr Rule kSources[] = {
    {"signal.stft", stft},
    {"dtypes.complex", complex},
    {"complex", complex},
    {"signal.fft", fft},
};

constexpr Rule kFunctions[] = {
    {"math.abs", magnitude},
    {"abs", magnitude},
    {"math.angle", angle},
    {"math.real", real_part},
    {"math.imag", imaginary_part},
    {"math.conj", conjugate},
    {"signal.fft", fft},
    {"__operators__.getitem", each_part},
    {"expand_dims", each_part},
    {"squeeze", each_part},
    {"compat.v1.squeeze", each_part},
    {"reshape", each_part},
    {"transpose", each_part},
    {"compat.v1.transpose", each_part},
};

}  // namespace

std::span<const Rule> complex_sources() { return kSources; }
std::span<const Rule> complex_functions() { return kFunctions; }

}  // namespace vivace::keras
