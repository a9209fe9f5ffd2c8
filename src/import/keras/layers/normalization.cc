// Normalisation by moving averages or by the input's own statistics.
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

// Old files write the axis as a list of one.
std::int64_t one_axis(Call& call, ValueId x) {
  const Sizes axes = call.axes_option("axis", -1, call.rank(x));
  if (axes.size() > 1) call.refuse("its axis is a list of several", "normalise along one axis");
  return axes.empty() ? 0 : axes.front();
}

void batch_norm(Call& call) {
  const ValueId x = call.float_input();
  const std::int64_t axis = one_axis(call, x);
  const Sizes dims{call.size(x, axis)};
  const ValueId gamma = call.config().flag("scale", true) ? call.weight("gamma", dims, "axis") : kNoValue;
  const ValueId beta = call.config().flag("center", true) ? call.weight("beta", dims, "axis") : kNoValue;
  const ValueId mean = call.weight("moving_mean", dims, "axis");
  const ValueId variance = call.weight("moving_variance", dims, "axis");
  const BatchNorm op =
      with(BatchNorm{}, &BatchNorm::axis, axis, &BatchNorm::epsilon, call.config().number("epsilon", 1e-3));
  call.output(call.add(op, {x, mean, variance, gamma, beta}));
}

void own_statistics(Call& call, Norm op, std::string_view scale_key, std::string_view shift_key) {
  const ValueId x = call.float_input();
  op.axes = call.axes_option("axis", -1, call.rank(x));
  Sizes dims;
  for (const std::int64_t axis : op.axes) dims.push_back(call.size(x, axis));
  op.epsilon = call.config().number("epsilon", op.epsilon);
  const bool scale = scale_key.empty() ? op.kind == Norm::Kind::rms : call.config().flag(scale_key, true);
  const bool shift = !shift_key.empty() && call.config().flag(shift_key, true);
  const ValueId by =
      scale ? call.weight(call.layer().weight("gamma") ? "gamma" : "scale", dims, "axis") : kNoValue;
  const ValueId plus = shift ? call.weight("beta", dims, "axis") : kNoValue;
  call.output(call.add(op, {x, by, plus}));
}

void layer_norm(Call& call) {
  const bool rms = call.config().flag("rms_scaling", false);
  own_statistics(call, with(Norm{}, &Norm::kind, rms ? Norm::Kind::rms : Norm::Kind::layer), "scale",
                 rms ? "" : "center");
}

void rms_norm(Call& call) {
  own_statistics(call, with(Norm{}, &Norm::kind, Norm::Kind::rms, &Norm::epsilon, 1e-6), "", "");
}

void unit_norm(Call& call) {
  const ValueId x = call.float_input();
  const Norm op = with(Norm{}, &Norm::kind, Norm::Kind::unit, &Norm::axes,
                       call.axes_option("axis", -1, call.rank(x)), &Norm::epsilon, 1e-12);
  call.output(call.add(op, {x}));
}

// Groups of the engine lie in the last axis: another one is carried there and back.
void group_norm(Call& call) {
  const ValueId x = call.float_input();
  const std::int64_t rank = call.rank(x);
  const std::int64_t axis = one_axis(call, x);
  const std::int64_t channels = call.size(x, axis);
  std::int64_t groups = call.config().integer("groups", 32);
  if (groups == -1) groups = channels;
  if (groups < 1 || channels % groups != 0) call.config().mistake("groups", "a divisor of the channels");
  Sizes there, back(static_cast<std::size_t>(rank));
  for (std::int64_t i = 0; i < rank; ++i)
    if (i != axis) there.push_back(i);
  there.push_back(axis);
  for (std::size_t i = 0; i < there.size() && !call.failed(); ++i)
    back[static_cast<std::size_t>(there[i])] = static_cast<std::int64_t>(i);
  const ValueId gamma =
      call.config().flag("scale", true) ? call.weight("gamma", {channels}, "axis") : kNoValue;
  const ValueId beta =
      call.config().flag("center", true) ? call.weight("beta", {channels}, "axis") : kNoValue;
  Norm op = with(Norm{}, &Norm::kind, Norm::Kind::group, &Norm::groups, groups, &Norm::epsilon,
                 call.config().number("epsilon", 1e-3));
  const ValueId y = call.add(op, {call.transpose(x, there, "channels_last"), gamma, beta});
  call.output(call.transpose(y, back, "channels_back"));
}

constexpr std::string_view kBatchNorm = "gamma?scale beta?center moving_mean! moving_variance!";

std::string_view renormalised(const Config& config) {
  // Keras 1's modes 1 and 2 take the statistics of what they are given.
  if (config.integer("mode", 0) != 0) return "mode=1 or mode=2 of Keras 1";
  return config.flag("renorm", false) ? "renorm=True" : "";
}

constexpr Rule kRules[] = {
    {"BatchNormalization", batch_norm, kBatchNorm, Masks::pass, renormalised},
    {"SyncBatchNormalization", batch_norm, kBatchNorm, Masks::pass},
    {"LayerNormalization", layer_norm, "gamma?scale beta?center", Masks::pass},
    {"RMSNormalization", rms_norm, "scale"},
    {"UnitNormalization", unit_norm, "", Masks::pass},
    {"GroupNormalization", group_norm, "gamma?scale beta?center", Masks::pass},
};

}  // namespace

std::span<const Rule> normalization_rules() { return kRules; }

}  // namespace vivace::keras
