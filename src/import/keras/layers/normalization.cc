// Normalisation by moving averages or by the input's own statistics.
#include "import/keras/build/rule.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

// A weight as large as x along `axes`, in that order, under x's sizes: 1 along all others.
ValueId along(Call& call, ValueId x, std::string_view name, const Sizes& axes) {
  if (call.failed()) return kNoValue;
  Sizes dims(static_cast<std::size_t>(call.rank(x)), 1);
  for (const std::int64_t axis : axes) dims[static_cast<std::size_t>(axis)] = call.size(x, axis);
  return call.weight(name, dims, "axis");
}

// Keras 2 normalises along several axes with statistics that have the input's number of axes.
void batch_norm_of_axes(Call& call, ValueId x, const Sizes& axes) {
  const Config& config = call.config();
  const ValueId variance = along(call, x, "moving_variance", axes);
  const ValueId bounded =
      call.binary(Binary::Kind::add, variance, call.scalar(config.number("epsilon", 1e-3)), "bounded");
  ValueId factor = call.unary(UnaryKind::rsqrt, bounded, "factor");
  if (config.flag("scale", true))
    factor = call.binary(Binary::Kind::multiply, factor, along(call, x, "gamma", axes), "scale");
  const ValueId centred =
      call.binary(Binary::Kind::subtract, x, along(call, x, "moving_mean", axes), "centred");
  const bool shifts = config.flag("center", true);
  const ValueId y = call.binary(Binary::Kind::multiply, centred, factor, shifts ? "scaled" : "");
  call.output(shifts ? call.binary(Binary::Kind::add, y, along(call, x, "beta", axes)) : y);
}

// Old files write the axis as a list of one.
std::int64_t one_axis(Call& call, ValueId x) {
  const Sizes axes = call.axes_option("axis", -1, call.rank(x));
  if (axes.size() > 1) call.refuse("its axis is a list of several", "normalise along one axis");
  return axes.empty() ? 0 : axes.front();
}

void batch_norm(Call& call) {
  const ValueId x = call.float_input();
  if (const Sizes axes = call.config().integers("axis"); axes.size() > 1)
    return batch_norm_of_axes(call, x, call.axes_of(axes, call.rank(x)));
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
  // Keras 2 keeps the order in which the axes were given, and reads the numbers in the input's.
  Sizes axes = call.config().integers("axis"), given, dims;
  if (axes.size() != op.axes.size()) axes = op.axes;
  for (std::int64_t axis : call.era() < 3 ? axes : op.axes)
    given.push_back(call.size(x, call.axis_of(axis, call.rank(x))));
  for (const std::int64_t axis : op.axes) dims.push_back(call.size(x, axis));
  op.epsilon = call.config().number("epsilon", op.epsilon);
  const bool scale = op.kind == Norm::Kind::rms || call.config().flag(scale_key, true);
  const bool shift = !shift_key.empty() && call.config().flag(shift_key, true);
  const ValueId by =
      scale ? call.weight(call.layer().weight("gamma") ? "gamma" : "scale", given, "axis") : kNoValue;
  const ValueId plus = shift ? call.weight("beta", given, "axis") : kNoValue;
  const auto ordered = [&](ValueId w) { return w == kNoValue || given == dims ? w : call.reshaped(w, dims); };
  call.output(call.add(op, {x, ordered(by), ordered(plus)}));
}

void layer_norm(Call& call) {
  if (!call.config().flag("rms_scaling", false))
    return own_statistics(call, with(Norm{}, &Norm::kind, Norm::Kind::layer), "scale", "center");
  for (const std::string_view key : {"scale", "center"}) (void)call.config().flag(key, true);
  const Term x(call, call.float_input());
  const Sizes axes = call.axes_option("axis", -1, x.rank());
  if (call.failed()) return;
  Sizes dims(static_cast<std::size_t>(x.rank()), 1), given;
  for (const std::int64_t axis : axes)
    given.push_back(dims[static_cast<std::size_t>(axis)] = call.size(x, axis));
  const Term gamma(call, call.weight("gamma", given, "axis"));
  call.output(over_deviation(x, axes, call.config().number("epsilon", 1e-3)) * shaped(gamma, dims));
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

// What renormalisation keeps for training stands in the file too.
constexpr std::string_view kBatchNorm =
    "gamma?scale beta?center moving_mean! moving_variance! moving_stddev!?+renorm renorm_mean!?+renorm "
    "renorm_stddev!?+renorm";

std::string_view by_own_statistics(const Config& config) {
  // Keras 1's modes 1 and 2 take the statistics of what they are given.
  return config.integer("mode", 0) != 0 ? "mode=1 or mode=2 of Keras 1" : "";
}

// What keras.applications' ConvNeXt puts at the end of a block: y = gamma x.
void layer_scale(Call& call) {
  const ValueId x = call.float_input();
  const ValueId gamma = call.weight("gamma", {call.config().size("projection_dim")}, "projection_dim");
  call.output(call.binary(Binary::Kind::multiply, x, gamma));
}

constexpr Rule kRules[] = {
    {"BatchNormalization", batch_norm, kBatchNorm, Masks::pass, by_own_statistics},
    {"SyncBatchNormalization", batch_norm, kBatchNorm, Masks::pass},
    {"LayerNormalization", layer_norm, "gamma?scale gamma?~scale&+rms_scaling beta?center&~rms_scaling",
     Masks::pass},
    {"LayerScale", layer_scale, "gamma"},
    {"RMSNormalization", rms_norm, "scale"},
    {"UnitNormalization", unit_norm, "", Masks::pass},
    {"GroupNormalization", group_norm, "gamma?scale beta?center", Masks::pass},
};

}  // namespace

std::span<const Rule> normalization_rules() { return kRules; }

}  // namespace vivace::keras
