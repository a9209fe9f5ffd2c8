#include "ops/reduce/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/axes.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Kind = Reduce::Kind;
using Row = std::vector<double>;

bool takes_truth(Kind kind) { return kind == Kind::any || kind == Kind::all; }

bool fits(Kind kind, DType dtype) {
  if (takes_truth(kind)) return dtype == DType::boolean;
  const bool of_integers =
      kind == Kind::sum || kind == Kind::product || kind == Kind::max || kind == Kind::min;
  return is_float(dtype) || (is_integer(dtype) && of_integers);
}

double sum(const Row& row) {
  double total = 0;
  for (const double value : row) total += value;
  return total;
}

double squares(const Row& row, double centre) {
  double total = 0;
  for (const double value : row) total += (value - centre) * (value - centre);
  return total;
}

double product(const Row& row) {
  double total = 1;
  for (const double value : row) total *= value;
  return total;
}

// The largest of sign * value, NaN before all.
double extreme(const Row& row, double sign) {
  double most = -INFINITY;
  for (const double value : row) {
    if (std::isnan(value)) return value;
    most = std::max(most, sign * value);
  }
  return sign * most;
}

double log_sum_exp(const Row& row) {
  const double most = extreme(row, 1);
  const double shift = std::isfinite(most) ? most : 0;
  double total = 0;
  for (const double value : row) total += std::exp(value - shift);
  return std::log(total) + shift;
}

double reduce(Kind kind, const Row& row) {
  const auto count = static_cast<double>(row.size());
  switch (kind) {
    case Kind::sum:
      return sum(row);
    case Kind::mean:
      return sum(row) / count;
    case Kind::max:
      return extreme(row, 1);
    case Kind::min:
      return extreme(row, -1);
    case Kind::product:
      return product(row);
    case Kind::any:
      return std::any_of(row.begin(), row.end(), [](double v) { return v != 0; });
    case Kind::all:
      return std::all_of(row.begin(), row.end(), [](double v) { return v != 0; });
    case Kind::sum_squares:
      return squares(row, 0);
    case Kind::l2:
      return std::sqrt(squares(row, 0));
    case Kind::log_sum_exp:
      return log_sum_exp(row);
    case Kind::variance:
      return squares(row, sum(row) / count) / count;
    case Kind::stddev:
      return std::sqrt(squares(row, sum(row) / count) / count);
  }
  return 0;
}

// One step of an integer reduction; max and min work on keys that order as the elements do.
std::int64_t combine(Kind kind, std::int64_t total, std::int64_t value) {
  const auto a = static_cast<std::uint64_t>(total), b = static_cast<std::uint64_t>(value);
  if (kind == Kind::sum) return static_cast<std::int64_t>(a + b);
  if (kind == Kind::product) return static_cast<std::int64_t>(a * b);
  return kind == Kind::max ? std::max(total, value) : std::min(total, value);
}

// The type's lowest or highest, as a key: what the largest or smallest of nothing is.
std::int64_t extreme_key(Kind kind, DType dtype) {
  std::uint64_t cell = 0;
  store({&cell, dtype, {}}, 0, kind == Kind::max ? -INFINITY : INFINITY);
  return order_key(dtype, load_integer({&cell, dtype, {}}, 0));
}

void reduce_integers(Kind kind, const TensorView& x, const Places& places, const MutableTensorView& y) {
  const bool orders = kind == Kind::max || kind == Kind::min;
  for (std::size_t i = 0; i < places.outer.size(); ++i) {
    std::int64_t total = orders ? extreme_key(kind, x.dtype) : kind == Kind::product ? 1 : 0;
    for (const std::int64_t place : places.inner) {
      const std::int64_t value = load_integer(x, places.outer[i] + place);
      total = combine(kind, total, orders ? order_key(x.dtype, value) : value);
    }
    store_integer(y, static_cast<std::int64_t>(i), orders ? ordered_value(x.dtype, total) : total);
  }
}

// The mean over axis 1 of x [B,T,...] where mask [B,T] is true.
void masked_mean(const TensorView& x, const TensorView& mask, const Places& places,
                 const MutableTensorView& y) {
  const std::int64_t steps = x.dims[1];
  const std::int64_t rest = count_of(x.dims.subspan(2));
  for (std::size_t i = 0; i < places.outer.size(); ++i) {
    const std::int64_t sample = static_cast<std::int64_t>(i) / rest;
    double total = 0, count = 0;
    for (std::int64_t t = 0; t < steps; ++t) {
      if (load_integer(mask, sample * steps + t) == 0) continue;
      total += load(x, places.outer[i] + places.inner[static_cast<std::size_t>(t)]);
      count += 1;
    }
    store(y, static_cast<std::int64_t>(i), total / count);
  }
}

}  // namespace

Result<std::vector<Fact>> Reduce::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 2));
  const Fact& x = inputs[0];
  if (!fits(kind, x.dtype))
    return dtype_error(
        kName, text("{} is not defined for {}", kKinds[static_cast<std::size_t>(kind)], name_of(x.dtype)));
  VIVACE_CHECK_OK(require_ascending_axes(kName, axes, x.dims.size()));
  if (given(inputs, 1)) {
    if (kind != Kind::mean || axes != std::vector<std::int64_t>{1})
      return attribute_error(kName, "a mask goes with the mean over axis 1 alone");
    VIVACE_CHECK_OK(require_dtype(kName, "the mask", inputs[1], DType::boolean));
    VIVACE_CHECK_OK(require_dims(kName, "the mask", inputs[1], {x.dims[0], x.dims[1]}));
  }
  Dims dims;
  for (std::size_t i = 0; i < x.dims.size(); ++i) {
    const bool along = std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(i)) != axes.end();
    if (!along) dims.push_back(x.dims[i]);
    if (along && keep_dims) dims.push_back(1);
  }
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Reduce::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double each = kind == Kind::log_sum_exp   ? kTranscendentalFlops + 2
                      : kind >= Kind::sum_squares ? 2
                                                  : 1;
  return cost_of(each * elements_of(inputs[0]), inputs, outputs);
}

Status Reduce::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const Places places = places_along(x.dims, axes);
  if (is_integer(x.dtype)) {
    reduce_integers(kind, x, places, outputs[0]);
  } else if (given(inputs, 1)) {
    masked_mean(x, inputs[1], places, outputs[0]);
  } else {
    Row row(places.inner.size());
    for (std::size_t i = 0; i < places.outer.size(); ++i) {
      for (std::size_t j = 0; j < row.size(); ++j) row[j] = load(x, places.outer[i] + places.inner[j]);
      store(outputs[0], static_cast<std::int64_t>(i), reduce(kind, row));
    }
  }
  return {};
}

}  // namespace vivace
