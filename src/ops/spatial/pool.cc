#include "ops/spatial/pool.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// Calls visit(output place, window elements) and, for each real element of the window, take(input place);
// places count pixels, channels are the caller's.
template <class Begin, class Take, class End>
void slide(const std::array<WindowAxis, 3>& axes, std::int64_t images, Begin begin, Take take, End end) {
  const auto& [d, h, w] = axes;
  const auto window = [&](std::int64_t n, std::int64_t i, std::int64_t j, std::int64_t k) {
    const auto td = d.taps(i), th = h.taps(j), tw = w.taps(k);
    begin();
    for (std::int64_t a = td[0]; a < td[1]; ++a)
      for (std::int64_t b = th[0]; b < th[1]; ++b)
        for (std::int64_t c = tw[0]; c < tw[1]; ++c) {
          const std::int64_t plane = n * d.input + i * d.stride - d.before + a * d.dilation;
          const std::int64_t line = plane * h.input + j * h.stride - h.before + b * h.dilation;
          take(line * w.input + k * w.stride - w.before + c * w.dilation);
        }
    end();
  };
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t i = 0; i < d.output; ++i)
      for (std::int64_t j = 0; j < h.output; ++j)
        for (std::int64_t k = 0; k < w.output; ++k) window(n, i, j, k);
}

// The greatest number of each window; NaN wins. T is double or int64.
template <class T, class Load, class Store>
void maximum(const std::array<WindowAxis, 3>& axes, const Shape& x, T lowest, Load load_as, Store store_as) {
  const std::int64_t channels = x.back();
  std::vector<T> best(static_cast<std::size_t>(channels));
  std::int64_t element = 0;
  slide(
      axes, x[0], [&] { std::fill(best.begin(), best.end(), lowest); },
      [&](std::int64_t place) {
        for (std::int64_t c = 0; c < channels; ++c) {
          const T value = load_as(place * channels + c);
          T& so_far = best[static_cast<std::size_t>(c)];
          if (value > so_far || value != value) so_far = value;
        }
      },
      [&] {
        for (const T value : best) store_as(element++, value);
      });
}

void average(const std::array<WindowAxis, 3>& axes, const TensorView& x, const MutableTensorView& y,
             std::int64_t whole_window, bool count_padding) {
  const std::int64_t channels = x.dims.back();
  const std::vector<double> from = load_all(x);
  std::vector<double> sums(static_cast<std::size_t>(channels));
  std::int64_t element = 0, real = 0;
  slide(
      axes, x.dims[0],
      [&] {
        std::fill(sums.begin(), sums.end(), 0.0);
        real = 0;
      },
      [&](std::int64_t place) {
        const double* row = from.data() + place * channels;
        for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += row[c];
        ++real;
      },
      [&] {
        const std::int64_t count = count_padding ? whole_window : std::max<std::int64_t>(real, 1);
        for (const double sum : sums) store(y, element++, sum / static_cast<double>(count));
      });
}

}  // namespace

Result<std::vector<Fact>> Pool::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 3, 5));
  if (kind == Kind::average) VIVACE_CHECK_OK(require_float(kName, "the input of an average", x));
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
  if (kind == Kind::average) {
    average(axes, x, y, axes[0].kernel * axes[1].kernel * axes[2].kernel, count_padding);
  } else if (is_float(x.dtype)) {
    maximum<double>(
        axes, dims, -std::numeric_limits<double>::infinity(), [&](std::int64_t i) { return load(x, i); },
        [&](std::int64_t i, double value) { store(y, i, value); });
  } else {
    maximum<std::int64_t>(
        axes, dims, std::numeric_limits<std::int64_t>::min(),
        [&](std::int64_t i) { return load_integer(x, i); },
        [&](std::int64_t i, std::int64_t value) { store_integer(y, i, value); });
  }
  return {};
}

}  // namespace vivace
