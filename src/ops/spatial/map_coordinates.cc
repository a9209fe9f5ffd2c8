#include "ops/spatial/map_coordinates.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Fill = MapCoordinates::Fill;

// One of the two elements of an axis that a coordinate lies between.
struct Neighbour {
  std::int64_t place = 0;
  double weight = 1;
  bool inside = true;
};

std::int64_t modulo(std::int64_t a, std::int64_t b) {
  const std::int64_t rest = a % b;
  return rest < 0 ? rest + b : rest;
}

Neighbour neighbour(Fill fill, std::int64_t place, double weight, std::int64_t size) {
  const bool inside = fill != Fill::constant || (place >= 0 && place < size);
  if (fill == Fill::wrap) place = modulo(place, size);
  if (fill == Fill::mirror || fill == Fill::reflect) {
    place = modulo(std::abs(place), 2 * size);
    if (place >= size) place = 2 * size - place - (fill == Fill::reflect ? 1 : 0);
  }
  return {std::clamp<std::int64_t>(place, 0, size - 1), weight, inside};
}

// A coordinate as a whole number that never overflows; NaN is 0.
std::int64_t whole(double x) {
  return std::isnan(x) ? 0 : static_cast<std::int64_t>(std::clamp(x, -1e9, 1e9));
}

using Pair = std::array<Neighbour, 2>;

// The value between the neighbours of the axes from `axis` on, `offset` being the place on those before.
double between(const MapCoordinates& op, const TensorView& x, std::span<const Pair> axes, std::size_t axis,
               std::int64_t offset, bool inside) {
  if (axis == axes.size()) return inside ? load(x, offset) : round_to(x.dtype, op.value);
  double sum = 0;
  for (const Neighbour& n : axes[axis]) {
    if (!op.linear && &n != &axes[axis][0]) break;
    sum += n.weight * between(op, x, axes, axis + 1, offset * x.dims[axis] + n.place, inside && n.inside);
  }
  return sum;
}

}  // namespace

Result<std::vector<Fact>> MapCoordinates::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact &x = inputs[0], &coordinates = inputs[1];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 1, kMostAxes));
  VIVACE_CHECK_OK(require_rank(kName, "the coordinates", coordinates, 2, kMaxRank));
  VIVACE_CHECK_OK(require_dtype(kName, "the coordinates", coordinates, DType::f32));
  if (!may_equal(coordinates.dims[0], Dim(static_cast<std::int64_t>(x.dims.size()))))
    return shape_error(kName, text("coordinates {} for a tensor {}: a row for each axis is wanted",
                                   to_text(coordinates.dims), to_text(x.dims)));
  for (const Dim& size : x.dims)
    if (size == Dim(0))
      return shape_error(kName, text("{} has nothing to take values from", to_text(x.dims)));
  return inferred(kName, {Fact::tensor(x.dtype, Dims(coordinates.dims.begin() + 1, coordinates.dims.end()))});
}

Cost MapCoordinates::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double corners = linear ? std::exp2(static_cast<double>(inputs[0].dims.size())) : 1;
  return cost_of(4 * corners * elements_of(outputs[0]), inputs, outputs);
}

Status MapCoordinates::evaluate(std::span<const TensorView> inputs,
                                std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &coordinates = inputs[1];
  const MutableTensorView& y = outputs[0];
  const std::size_t axes = x.dims.size();
  std::array<Pair, kMostAxes> pairs;
  const std::int64_t count = y.count();
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::size_t axis = 0; axis < axes; ++axis) {
      const float at = coordinates.as<float>()[static_cast<std::int64_t>(axis) * count + i];
      const float low = linear ? std::floor(at) : std::nearbyint(at), upper = at - low;
      const std::int64_t place = whole(static_cast<double>(low));
      pairs[axis][0] = neighbour(fill, place, linear ? static_cast<double>(1 - upper) : 1, x.dims[axis]);
      pairs[axis][1] = neighbour(fill, place + 1, static_cast<double>(upper), x.dims[axis]);
    }
    const double sum = between(*this, x, std::span(pairs).first(axes), 0, 0, true);
    store(y, i, is_float(x.dtype) ? sum : std::nearbyint(sum));
  }
  return {};
}

}  // namespace vivace
