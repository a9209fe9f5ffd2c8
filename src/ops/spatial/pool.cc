#include "ops/spatial/pool.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/quantised/requantisation.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/common/window_walk.h"

namespace vivace {
namespace {

// The greatest number of each window; NaN wins. T is double or int64.
template <class T, class Load, class Store>
void maximum(const WindowAxes& axes, const Shape& x, T lowest, Load load_as, Store store_as) {
  const std::int64_t channels = x.back();
  std::vector<T> best(static_cast<std::size_t>(channels));
  std::int64_t element = 0;
  for_each_window(axes, x[0], [&](const WindowPlace& place) {
    std::fill(best.begin(), best.end(), lowest);
    for_each_tap(axes, place, [&](std::int64_t pixel, std::int64_t) {
      for (std::int64_t c = 0; c < channels; ++c) {
        const T value = load_as(pixel * channels + c);
        T& so_far = best[static_cast<std::size_t>(c)];
        if (value > so_far || value != value) so_far = value;
      }
    });
    for (const T value : best) store_as(element++, value);
  });
}

// The mean of each window; T is double, or int64 for integers: to the nearest, ties away from zero.
template <class T, class Load, class Store>
void average(const WindowAxes& axes, const Shape& x, bool count_padding, Load load_as, Store store_as) {
  const std::int64_t channels = x.back();
  const std::int64_t whole = axes[0].kernel * axes[1].kernel * axes[2].kernel;
  std::vector<T> sums(static_cast<std::size_t>(channels));
  std::int64_t element = 0;
  for_each_window(axes, x[0], [&](const WindowPlace& place) {
    std::fill(sums.begin(), sums.end(), T{});
    std::int64_t real = 0;
    for_each_tap(axes, place, [&](std::int64_t pixel, std::int64_t) {
      for (std::int64_t c = 0; c < channels; ++c)
        sums[static_cast<std::size_t>(c)] += load_as(pixel * channels + c);
      ++real;
    });
    const T count = static_cast<T>(count_padding ? whole : std::max<std::int64_t>(real, 1));
    for (T sum : sums) {
      if constexpr (std::is_integral_v<T>) sum += sum > 0 ? count / 2 : -(count / 2);
      store_as(element++, sum / count);
    }
  });
}

// Both kinds, once it is known what they compute in.
template <class T, class Load, class Store>
void pool_as(const Pool& op, const WindowAxes& axes, const Shape& x, T lowest, Load load_as, Store store_as) {
  if (op.kind == Pool::Kind::average)
    average<T>(axes, x, op.count_padding, load_as, store_as);
  else
    maximum<T>(axes, x, lowest, load_as, store_as);
}

}  // namespace

Result<std::vector<Fact>> Pool::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 3, 5));
  if (kind == Kind::average && !is_float(x.dtype)) {
    VIVACE_CHECK_OK(require_quantised(kName, "the input of an average", x));
    if (count_padding) return attribute_error(kName, "an average of integers counts no padding");
  }
  if (x.dtype == DType::boolean || x.dtype == DType::u64)
    return dtype_error(kName, text("{} has no maximum here", name_of(x.dtype)));
  VIVACE_CHECK_OK(require_window(kName, padding, window, strides, dilations, x.dims.size() - 2));
  for (std::size_t i = 0; i < padding.before.size(); ++i)
    if (std::max(padding.before[i], padding.after[i]) > (window[i] - 1) * dilations[i])
      return attribute_error(kName,
                             text("padding by {} and {} is more than a window of {} with dilation {} reaches",
                                  padding.before[i], padding.after[i], window[i], dilations[i]))
          .why("some windows would hold nothing but padding");
  VIVACE_TRY(Dims dims, window_dims(kName, padding, x.dims, window, strides, dilations, x.dims.back()));
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Pool::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  double taps = 1;
  for (const std::int64_t size : window) taps *= static_cast<double>(size);
  return cost_of(taps * elements_of(outputs[0]), inputs, outputs);
}

Status Pool::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const auto axes = window_axes(padding, x.dims, y.dims, window, strides, dilations);
  const Shape dims(x.dims.begin(), x.dims.end());
  if (is_float(x.dtype)) {
    pool_as<double>(
        *this, axes, dims, -std::numeric_limits<double>::infinity(),
        [&](std::int64_t i) { return load(x, i); },
        [&](std::int64_t i, double value) { store(y, i, value); });
  } else {
    pool_as<std::int64_t>(
        *this, axes, dims, std::numeric_limits<std::int64_t>::min(),
        [&](std::int64_t i) { return load_integer(x, i); },
        [&](std::int64_t i, std::int64_t value) { store_integer(y, i, value); });
  }
  return {};
}

}  // namespace vivace
