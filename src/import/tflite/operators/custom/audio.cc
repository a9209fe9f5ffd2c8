// The front end for speech of TensorFlow Lite for Microcontrollers: its Signal operators, in integers.
#include "base/text.h"
#include "import/tflite/operators/custom/options.h"

namespace vivace::tflite {
namespace {

using Kind = AudioStage::Kind;

std::vector<ValueId> stage(Call& call, Kind kind, std::vector<std::int64_t> numbers,
                           std::vector<ValueId> inputs) {
  return call.add_many(with(AudioStage{}, &AudioStage::kind, kind, &AudioStage::numbers, std::move(numbers)),
                       std::move(inputs));
}

std::vector<ValueId> inputs_of(Call& call) {
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < call.input_count(); ++i) inputs.push_back(call.input(i));
  return inputs;
}

// A stage of the operator's inputs, whose numbers have these names.
template <Kind kKind>
void plain(Call& call, std::initializer_list<std::string_view> names) {
  const Named options(call);
  std::vector<std::int64_t> numbers;
  for (const std::string_view name : names) numbers.push_back(options.integer(name));
  call.output(stage(call, kKind, std::move(numbers), inputs_of(call)));
}

void window(Call& call) { plain<Kind::window>(call, {"shift"}); }
void auto_scale(Call& call) { plain<Kind::scale>(call, {}); }
void energy(Call& call) { plain<Kind::energy>(call, {"start_index", "end_index"}); }
void root(Call& call) { plain<Kind::root>(call, {}); }
void gain(Call& call) { plain<Kind::gain>(call, {"snr_shift"}); }
void logarithm(Call& call) { plain<Kind::log>(call, {"input_correction_bits", "output_scale"}); }

void filter_bank(Call& call) {
  const std::int64_t channels = Named(call).integer("num_channels");
  const std::vector<ValueId> inputs = inputs_of(call);
  for (std::size_t i = 3; i < inputs.size(); ++i)
    if (call.size(inputs[i], 0) != channels + 1)
      call.mistake(text("{} channels need {} starts and widths", channels, channels + 1));
  call.output(stage(call, Kind::filter_bank, {}, inputs));
}

void rfft(Call& call) {
  const std::int64_t length = Named(call).integer("fft_length");
  if (!call.failed() && call.dtype(call.input()) != DType::i16)
    return call.refuse(text("it transforms {}", name_of(call.tensor(0).type)),
                       "convert the front end with 16-bit samples, or the model with tf.signal");
  call.output(call.add(with(FixedRfft{}, &FixedRfft::length, length), {call.input()}));
}

// Its estimate of the noise lives on from call to call.
void spectral_subtraction(Call& call) {
  const Named o(call);
  const ValueId x = call.input();
  const auto dims = numbers(call.dims(x));
  if (call.failed()) return;
  if (!dims || call.output_count() != 2)
    return call.mistake("it needs two outputs, and channels that are known");
  Builder& builder = call.builder();
  const std::size_t noise =
      builder.variable(text("noise {} {}", call.scope().subgraph, call.op().outputs[0]));
  const auto made = stage(
      call, Kind::subtract,
      {o.integer("smoothing_bits"), o.integer("spectral_subtraction_bits"), o.integer("min_signal_remaining"),
       o.integer("clamping"), o.integer("smoothing"), o.integer("one_minus_smoothing"),
       o.integer("alternate_smoothing"), o.integer("alternate_one_minus_smoothing")},
      {x, builder.read_variable(noise, DType::u32, *dims)});
  if (made.size() == 2) builder.assign_variable(noise, made[1]);
  call.output(made);
}

constexpr CustomRule kRules[] = {
    {"SignalWindow", window},
    {"SignalFftAutoScale", auto_scale},
    {"SignalRfft", rfft},
    {"SignalEnergy", energy},
    {"SignalFilterBank", filter_bank},
    {"SignalFilterBankSquareRoot", root},
    {"SignalFilterBankSpectralSubtraction", spectral_subtraction},
    {"SignalPCAN", gain},
    {"SignalFilterBankLog", logarithm},
};

}  // namespace

std::span<const CustomRule> audio_rules() { return kRules; }

}  // namespace vivace::tflite
