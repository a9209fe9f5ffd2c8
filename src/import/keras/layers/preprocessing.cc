// Preprocessing of numbers that is part of a saved model: normalizing, encoding.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/build/rule.h"
#include "ops/common/reference.h"

namespace vivace::keras {
namespace {

constexpr double kSmallestDeviation = 1e-7;

// Mean and variance belong to the axes that `axis` keeps: their numbers stand in order of those axes.
Sizes statistics_shape(Call& call, ValueId x, std::int64_t count) {
  Sizes axes = call.config().integers("axis");
  if (!call.config().has("axis") && call.config().raw("axis"))
    axes.clear();  // null: one number for all
  else if (axes.empty())
    axes = {-1};
  axes = call.axes_of(axes, call.rank(x));
  Sizes shape(static_cast<std::size_t>(call.rank(x)), 1);
  if (call.failed()) return shape;
  for (const std::int64_t axis : axes) shape[static_cast<std::size_t>(axis)] = call.size(x, axis);
  if (count == 1) return Sizes(shape.size(), 1);
  if (!call.failed() && count_of(shape) != count)
    call.fail(Error("import.weight-shape", text("layer \"{}\" has {} means for {} features",
                                                call.layer().path, count, count_of(shape))));
  return shape;
}

ConstantPtr statistic(Call& call, std::string_view weight, std::string_view key) {
  const ValueId value = call.has_weight(weight) ? call.weight(weight) : call.numbers(key, 0);
  return call.failed() ? nullptr : call.builder().graph().value(value).constant;
}

void normalization(Call& call) {
  const ValueId x = call.float_input();
  const bool given = call.config().has("mean");
  if (given != call.config().has("variance"))
    call.config().mistake(given ? "variance" : "mean",
                          "numbers, as it has the other one of mean and variance");
  const ConstantPtr mean = statistic(call, given ? "" : "mean", "mean");
  const ConstantPtr variance = statistic(call, given ? "" : "variance", "variance");
  if (!mean || !variance) return;
  if (!is_float(mean->dtype()) || variance->dims() != mean->dims())
    return call.fail(
        Error("import.weight-shape",
              text("layer \"{}\" has a mean and a variance that differ in shape", call.layer().path)));
  std::vector<double> deviations;
  for (const double v : load_all(variance->tensor()))
    deviations.push_back(std::max(std::sqrt(v), kSmallestDeviation));
  const Sizes shape = statistics_shape(call, x, mean->tensor().count());
  if (call.failed()) return;
  const ValueId center = call.constant(load_all(mean->tensor()), shape);
  const ValueId spread = call.constant(deviations, shape);
  if (call.config().flag("invert", false)) {
    const ValueId scaled = call.binary(Binary::Kind::multiply, x, spread, "spread");
    return call.output(call.binary(Binary::Kind::add, scaled, center));
  }
  const ValueId centered = call.binary(Binary::Kind::subtract, x, center, "centered");
  call.output(call.binary(Binary::Kind::divide, centered, spread));
}

constexpr Rule kRules[] = {
    {"Normalization", normalization, "mean!?!mean variance!?!mean count!?!mean", Masks::pass_in_keras3},
};

}  // namespace

std::span<const Rule> preprocessing_rules() { return kRules; }

}  // namespace vivace::keras
