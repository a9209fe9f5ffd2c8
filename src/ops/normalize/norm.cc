#include "ops/normalize/norm.h"

#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/axes.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// What a row is shifted and multiplied by.
struct Statistics {
  double mean, factor;
};

Statistics statistics(const Norm& op, const std::vector<double>& row) {
  const auto count = static_cast<double>(row.size());
  double mean = 0, squares = 0;
  if (op.kind == Norm::Kind::layer || op.kind == Norm::Kind::group) {
    for (const double value : row) mean += value;
    mean /= count;
  }
  for (const double value : row) squares += (value - mean) * (value - mean);
  if (op.kind == Norm::Kind::unit) return {0, 1 / std::sqrt(squares < op.epsilon ? op.epsilon : squares)};
  return {mean, 1 / std::sqrt(squares / count + op.epsilon)};
}

// group: x as [N, spatial..., groups, C / groups], normalised over all but the first and the last but one.
Places places_of(const Norm& op, std::span<const std::int64_t> dims) {
  if (op.kind != Norm::Kind::group) return places_along(dims, op.axes);
  Shape split(dims.begin(), dims.end());
  split.back() = op.groups;
  split.push_back(dims.back() / op.groups);
  std::vector<std::int64_t> axes;
  for (std::size_t i = 1; i < split.size(); ++i)
    if (i + 2 != split.size()) axes.push_back(static_cast<std::int64_t>(i));
  return places_along(split, axes);
}

// The axes that scale and shift run along.
std::vector<std::int64_t> parameter_axes(const Norm& op, std::size_t rank) {
  if (op.kind != Norm::Kind::group) return op.axes;
  return {static_cast<std::int64_t>(rank) - 1};
}

Shape parameter_strides(const Norm& op, std::span<const std::int64_t> dims) {
  const std::vector<std::int64_t> axes = parameter_axes(op, dims.size());
  Shape strides(dims.size(), 0);
  std::int64_t step = 1;
  for (std::size_t i = axes.size(); i-- > 0;) {
    const auto axis = static_cast<std::size_t>(axes[i]);
    strides[axis] = step;
    step *= dims[axis];
  }
  return strides;
}

Status check_attributes(const Norm& op, const Fact& x) {
  if (op.kind != Norm::Kind::group) {
    VIVACE_CHECK_OK(require_ascending_axes(op.kName, op.axes, x.dims.size()));
    return op.axes.empty() ? Status(attribute_error(op.kName, "axes names no axis")) : Status();
  }
  VIVACE_CHECK_OK(require_rank(op.kName, "x", x, 2, kMaxRank));
  VIVACE_CHECK_OK(require_number(op.kName, "groups", op.groups, 1));
  const Dim& channels = x.dims.back();
  if (channels.known() && channels.number() % op.groups != 0)
    return shape_error(op.kName,
                       text("{} channels do not divide into {} groups", channels.number(), op.groups));
  return {};
}

}  // namespace

Result<std::vector<Fact>> Norm::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 3));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_float(kName, "x", x));
  VIVACE_CHECK_OK(check_attributes(*this, x));
  Dims along;
  for (const std::int64_t axis : parameter_axes(*this, x.dims.size()))
    along.push_back(x.dims[static_cast<std::size_t>(axis)]);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (!given(inputs, i)) continue;
    VIVACE_CHECK_OK(require_float(kName, i == 1 ? "scale" : "shift", inputs[i]));
    VIVACE_CHECK_OK(require_dims(kName, i == 1 ? "scale" : "shift", inputs[i], along));
  }
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost Norm::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(8 * elements_of(outputs[0]), inputs, outputs);
}

Status Norm::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  if (x.count() == 0) return {};
  std::vector<double> values = load_all(x);
  const Places places = places_of(*this, x.dims);
  std::vector<double> row(places.inner.size());
  for (const std::int64_t first : places.outer) {
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = values[static_cast<std::size_t>(first + places.inner[i])];
    const auto [mean, factor] = statistics(*this, row);
    for (std::size_t i = 0; i < row.size(); ++i)
      values[static_cast<std::size_t>(first + places.inner[i])] = (row[i] - mean) * factor;
  }
  Walk walk(x.dims, {parameter_strides(*this, x.dims)});
  for (std::size_t i = 0; i < values.size(); ++i, walk.next()) {
    const double scale = given(inputs, 1) ? load(inputs[1], walk[0]) : 1;
    const double shift = given(inputs, 2) ? load(inputs[2], walk[0]) : 0;
    store(outputs[0], static_cast<std::int64_t>(i), values[i] * scale + shift);
  }
  return {};
}

}  // namespace vivace
