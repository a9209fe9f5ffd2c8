// Activation layers: ReLU and its kin, Softmax, PReLU, Activation.
#include <algorithm>

#include "import/keras/build/activation.h"
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

void activation(Call& call) { call.output(call.activated(call.input())); }

// y = clip(x over the threshold) - slope * (what lies under it), as Keras computes it.
void relu(Call& call) {
  const Config& config = call.config();
  const ValueId x = call.float_input();
  const double slope = config.number("negative_slope", 0);
  const double threshold = config.number("threshold", 0);
  const bool bounded = config.has("max_value");
  if (slope != 0 && threshold == 0 && !bounded)
    return call.output(call.unary(UnaryKind::leaky_relu, x, {}, slope));
  ValueId y = threshold != 0 ? call.unary(UnaryKind::thresholded_relu, x, "over", threshold)
              : bounded      ? x
                             : call.unary(UnaryKind::relu, x);
  if (bounded) y = call.unary(UnaryKind::clamp, y, {}, 0, config.number("max_value"));
  if (slope != 0) {
    const ValueId below = call.binary(Binary::Kind::subtract, call.scalar(threshold), x, "below");
    const ValueId part = call.unary(UnaryKind::relu, below, "under");
    const ValueId scaled = call.binary(Binary::Kind::multiply, part, call.scalar(slope), "leak");
    y = call.binary(Binary::Kind::subtract, y, scaled, "sum");
  }
  call.output(y);
}

void leaky_relu(Call& call) {
  call.output(call.unary(UnaryKind::leaky_relu, call.float_input(), {}, leaky_slope(call.config())));
}

void elu(Call& call) {
  call.output(call.unary(UnaryKind::elu, call.float_input(), {}, call.config().number("alpha", 1)));
}

void thresholded_relu(Call& call) {
  call.output(
      call.unary(UnaryKind::thresholded_relu, call.float_input(), {}, call.config().number("theta", 1)));
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

void softmax(Call& call) {
  const ValueId x = call.float_input();
  Sizes axes = call.config().integers("axis");
  if (axes.empty()) axes = {-1};
  axes = call.axes_of(axes, call.rank(x));
  ValueId mask = call.tensor_option("mask", 1);
  if (mask == kNoValue) mask = call.mask();
  call.output(call.add(with(Softmax{}, &Softmax::axes, axes), {x, mask}));
}

constexpr Rule kRules[] = {
    {"Activation", activation, "", Masks::pass},
    {"ReLU", relu, "", Masks::pass},
    {"LeakyReLU", leaky_relu, "", Masks::pass},
    {"ELU", elu, "", Masks::pass},
    {"ThresholdedReLU", thresholded_relu, "", Masks::pass},
    {"PReLU", prelu, "alpha", Masks::pass},
    {"Softmax", softmax, "", Masks::pass},
};

}  // namespace

std::span<const Rule> activation_rules() { return kRules; }

}  // namespace vivace::keras
