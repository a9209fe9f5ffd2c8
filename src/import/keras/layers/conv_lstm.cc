// ConvLSTM1D, 2D and 3D: the convolution of the input for all steps at once, then the recurrence.
#include "import/keras/build/activation.h"
#include "import/keras/build/rule.h"
#include "import/keras/build/window.h"
#include "import/keras/layers/recurrence.h"

namespace vivace::keras {
namespace {

// [B,T,C,...] becomes [B,T,...,C], or back; without a time axis where `first` is 1.
ValueId channels_moved(Call& call, ValueId x, std::int64_t first, bool to_last) {
  if (!call.channels_first() || call.failed() || x == kNoValue) return x;
  const std::int64_t rank = call.rank(x);
  Sizes order;
  for (std::int64_t axis = 0; axis < first; ++axis) order.push_back(axis);
  if (!to_last) order.push_back(rank - 1);
  for (std::int64_t axis = first; axis + 1 < rank; ++axis) order.push_back(to_last ? axis + 1 : axis);
  if (to_last) order.push_back(first);
  return call.transpose(x, order, to_last ? "channels_last" : "channels_first");
}

// What the input adds to the gates of every step: [B,T,spatial...,4F].
ValueId input_gates(Call& call, ValueId x, const Window& window) {
  const Config& config = call.config();
  const std::int64_t width = 4 * config.size("filters");
  const Sizes dims = window.with_channels(call.size(x, -1), width);
  ValueId bias = kNoValue;
  const ValueId kernel = call.weight("cell/kernel", dims, "filters");
  if (config.flag("use_bias", true)) bias = call.weight("cell/bias", {width}, "filters");
  Sizes fold{Reshape::kInfer}, unfold{Reshape::like(0), Reshape::like(1)};
  for (std::int64_t axis = 2; axis < call.rank(x); ++axis) {
    fold.push_back(Reshape::keep(axis));
    unfold.push_back(Reshape::keep(axis - 1));
  }
  const ValueId steps = call.reshape(x, fold, "steps_in_batch");
  const ValueId y = call.add(window.convolution(), {steps, kernel, bias}, "input");
  return call.add(with(Reshape{}, &Reshape::target, unfold), {y, x}, "input_gates");
}

// The sizes of a state after the batch, as Keras orders them.
Sizes state_sizes(Call& call, ValueId gates) {
  Sizes sizes;
  for (std::int64_t axis = 2; axis + 1 < call.rank(gates); ++axis) sizes.push_back(call.size(gates, axis));
  const std::int64_t filters = call.config().size("filters");
  sizes.insert(call.channels_first() ? sizes.begin() : sizes.end(), filters);
  return sizes;
}

// Masking gives a mask for each place, which fits where it was made over channels that come last.
ValueId mask_of(Call& call, const Recurrence& run) {
  if (call.rank(run.mask) > 2 && call.channels_first())
    call.refuse("a mask of single pixels with data_format=\"channels_first\"", "mask whole steps");
  return run.mask;
}

template <std::size_t kAxes>
void conv_lstm(Call& call) {
  const Config& config = call.config();
  Recurrence run = begin_recurrence(call, static_cast<std::int64_t>(kAxes) + 3);
  if (call.era() < 3) run.zero_output = run.zero_late = false;  // Keras 2 does not hand it on
  run.mask = mask_of(call, run);
  const Window window = window_of(config, kAxes);
  const ValueId gates = input_gates(call, channels_moved(call, run.x, 2, true), window);
  if (call.failed()) return;
  const Sizes sizes = state_sizes(call, gates);
  start_states(call, run, {sizes, sizes});
  ConvRnn op = with(ConvRnn{}, &ConvRnn::reverse, run.backwards, &ConvRnn::zero_output_for_mask,
                    run.zero_output && !run.zero_late);
  op.activation = elementwise_activation(call, "activation", "tanh");
  op.recurrent_activation = elementwise_activation(call, "recurrent_activation", "hard_sigmoid");
  const std::int64_t filters = config.size("filters");
  const Sizes dims = window.with_channels(filters, 4 * filters);
  std::vector<ValueId> inputs{gates, call.weight("cell/recurrent_kernel", dims, "filters"), run.mask};
  for (const ValueId state : run.states) inputs.push_back(channels_moved(call, state, 1, true));
  auto outputs = call.add_many(op, std::move(inputs));
  if (outputs.size() != 3) return;
  outputs[0] = channels_moved(call, outputs[0], 2, false);
  for (const std::size_t i : {1, 2}) outputs[i] = channels_moved(call, outputs[i], 1, false);
  finish(call, run, {outputs[0], outputs[1], {outputs[1], outputs[2]}});
}

constexpr std::string_view kWeights = "cell/kernel cell/recurrent_kernel cell/bias?use_bias";

constexpr Rule kRules[] = {
    {"ConvLSTM1D", conv_lstm<1>, kWeights},
    {"ConvLSTM2D", conv_lstm<2>, kWeights},
    {"ConvLSTM3D", conv_lstm<3>, kWeights},
};

}  // namespace

std::span<const Rule> conv_lstm_rules() { return kRules; }

}  // namespace vivace::keras
