// Activation layers: ReLU and its kin, Softmax, PReLU, Activation.
#include <algorithm>

#include "import/keras/build/activation.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

void activation(Call& call) { call.output(call.activated(call.input())); }

double not_negative(const Config& config, std::string_view key, double otherwise) {
  const double number = config.number(key, otherwise);
  if (number < 0) config.mistake(key, "a number of 0 or more");
  return number;
}

// y = clip(x over the threshold) - slope * (what lies under it), as Keras computes it.
ValueId relu(Call& call, const Config& config, ValueId x, std::string_view step) {
  const double slope = config.number("negative_slope", 0);
  const double threshold = config.number("threshold", 0);
  const bool bounded = config.has("max_value");
  if (slope != 0 && threshold == 0 && !bounded) return call.unary(UnaryKind::leaky_relu, x, step, slope);
  const bool more = slope != 0;
  ValueId y = threshold != 0
                  ? call.unary(UnaryKind::thresholded_relu, x, bounded || more ? "over" : step, threshold)
              : bounded ? x
                        : call.unary(UnaryKind::relu, x, more ? "over" : step);
  if (bounded)
    y = call.unary(UnaryKind::clamp, y, more ? "bounded" : step, 0, not_negative(config, "max_value", 0));
  if (!more) return y;
  const ValueId below = call.binary(Binary::Kind::subtract, call.scalar(threshold), x, "below");
  const ValueId part = call.unary(UnaryKind::relu, below, "under");
  const ValueId scaled = call.binary(Binary::Kind::multiply, part, call.scalar(slope), "leak");
  return call.binary(Binary::Kind::subtract, y, scaled, step);
}

Sizes softmax_axes(Call& call, const Config& config, ValueId x) {
  Sizes axes = config.integers("axis");
  if (axes.empty() && config.has("axis")) config.mistake("axis", "an axis or several");
  if (axes.empty()) axes = {-1};
  return call.axes_of(axes, call.rank(x));
}

void layer_of_activation(Call& call) {
  call.output(through_layer(call, call.layer().class_name, call.config(), call.float_input(), {}));
}

void prelu(Call& call) {
  const ValueId x = call.float_input();
  const Sizes shared = call.config().integers("shared_axes");
  Sizes dims;
  for (std::int64_t axis = 1; axis < call.rank(x); ++axis) {
    const bool one = std::find(shared.begin(), shared.end(), axis) != shared.end();
    dims.push_back(one ? 1 : call.size(x, axis));
  }
  call.output(call.binary(Binary::Kind::prelu, x, call.weight("alpha", dims, "shared_axes")));
}

// Numbers count as a mask where they are over one half.
void softmax(Call& call) {
  const ValueId x = call.float_input();
  ValueId mask = call.tensor_option("mask", 1);
  if (mask == kNoValue) mask = call.mask();
  if (mask != kNoValue && call.dtype(mask) != DType::boolean) {
    const ValueId half = call.scalar(0.5);
    mask = call.binary(Binary::Kind::greater, call.cast(mask, call.float_type(), "mask_float"), half, "mask");
  }
  call.output(call.add(with(Softmax{}, &Softmax::axes, softmax_axes(call, call.config(), x)), {x, mask}));
}

constexpr Rule kRules[] = {
    {"Activation", activation, "", Masks::pass},
    {"ReLU", layer_of_activation, "", Masks::pass},
    {"LeakyReLU", layer_of_activation, "", Masks::pass},
    {"ELU", layer_of_activation, "", Masks::pass},
    {"ThresholdedReLU", layer_of_activation, "", Masks::pass},
    {"PReLU", prelu, "alpha", Masks::pass},
    {"Softmax", softmax, "", Masks::pass},
};

}  // namespace

ValueId through_layer(Call& call, std::string_view class_name, const Config& config, ValueId x,
                      std::string_view step) {
  if (class_name == "ReLU") return relu(call, config, x, step);
  if (class_name == "LeakyReLU") return call.unary(UnaryKind::leaky_relu, x, step, leaky_slope(config));
  if (class_name == "ELU") return call.unary(UnaryKind::elu, x, step, config.number("alpha", 1));
  if (class_name == "ThresholdedReLU")
    return call.unary(UnaryKind::thresholded_relu, x, step, not_negative(config, "theta", 1));
  if (class_name == "Softmax")
    return call.add(with(Softmax{}, &Softmax::axes, softmax_axes(call, config, x)), {x}, step);
  return kNoValue;
}

std::span<const Rule> activation_rules() { return kRules; }

}  // namespace vivace::keras
