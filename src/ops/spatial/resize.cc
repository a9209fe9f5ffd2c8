#include "ops/spatial/resize.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/resize_taps.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

bool wants_half_pixel(const Resize& op) {
  const bool kernels = op.mode >= Resize::Mode::lanczos3;
  const bool filtered = op.mode == Resize::Mode::bilinear || op.mode == Resize::Mode::bicubic;
  return kernels || (op.antialias && filtered);
}

// One axis of [outer, axis, inner] resized in double.
std::vector<double> resize_axis(const std::vector<double>& x, const ResizeTaps& taps, double fill,
                                std::int64_t outer, std::int64_t input, std::int64_t inner) {
  const auto output = static_cast<std::int64_t>(taps.begin.size()) - 1;
  std::vector<double> y(static_cast<std::size_t>(outer * output * inner));
  double* to = y.data();
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::size_t i = 0; i + 1 < taps.begin.size(); ++i, to += inner) {
      std::fill_n(to, inner, fill * static_cast<double>(taps.outside_of(i)));
      for (std::int64_t t = taps.begin[i]; t < taps.begin[i + 1]; ++t) {
        const ResizeTap& tap = taps.taps[static_cast<std::size_t>(t)];
        const double* from = x.data() + (o * input + tap.source) * inner;
        for (std::int64_t c = 0; c < inner; ++c) to[c] += static_cast<double>(tap.weight) * from[c];
      }
    }
  return y;
}

// The nearest mode copies elements, of any type, bit by bit.
void copy_nearest(const Resize& op, const TensorView& x, const MutableTensorView& y) {
  const std::size_t rank = x.dims.size(), pixel = static_cast<std::size_t>(x.dims.back()) * size_of(x.dtype);
  const Shape strides = strides_of(x.dims.first(rank - 1));  // in pixels
  const auto axes = resize_taps(op, x.dims, y.dims);
  const Shape places(y.dims.begin(), y.dims.end() - 1);
  Walk walk(places, {});
  auto* to = y.as<std::byte>();
  for (std::int64_t left = count_of(places); left > 0; --left, walk.next(), to += pixel) {
    std::int64_t from = walk.place()[0] * strides[0];
    bool inside = true;
    for (std::size_t axis = 1; axis < places.size() && inside; ++axis) {
      const auto taps = axes[axis - 1].of(static_cast<std::size_t>(walk.place()[axis]));
      inside = !taps.empty();
      if (inside) from += taps.front().source * strides[axis];
    }
    if (inside)
      std::memcpy(to, x.as<std::byte>() + static_cast<std::size_t>(from) * pixel, pixel);
    else
      for (std::int64_t c = 0; c < x.dims.back(); ++c)
        store(y, (to - y.as<std::byte>()) / static_cast<std::ptrdiff_t>(size_of(x.dtype)) + c, op.fill);
  }
}

}  // namespace

Result<std::vector<Fact>> Resize::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 3, 5));
  if (mode != Mode::nearest) VIVACE_CHECK_OK(require_float(kName, "the input", x));
  const std::size_t axes = x.dims.size() - 2;
  if (size.empty() == scale.empty()) return attribute_error(kName, "needs either size or scale");
  VIVACE_CHECK_OK(require_numbers(kName, "size", size, scale.empty() ? axes : 0, 1));
  VIVACE_CHECK_OK(require_numbers(kName, "scale", scale, scale.empty() ? 0 : axes, 1));
  if (wants_half_pixel(*this) && coordinates != Coordinates::half_pixel)
    return attribute_error(kName, "antialiasing and the kernel modes have half-pixel coordinates");
  if (mode == Mode::area && coordinates == Coordinates::align_corners)
    return attribute_error(kName, "the area mode has no aligned corners");
  if (fit != Fit::stretch && (axes != 2 || size.empty() || coordinates != Coordinates::half_pixel))
    return attribute_error(kName,
                           "keeping proportions wants two spatial axes, a size and half-pixel coordinates");

  Dims dims = x.dims;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    Dim& extent = dims[axis + 1];
    if (extent == Dim(0))
      return shape_error(kName, text("{} has nothing to take values from", to_text(x.dims)));
    extent = scale.empty() ? Dim(size[axis]) : extent * Dim(scale[axis]);
    if (extent.known() && extent.number() > kLongest)
      return attribute_error(kName, text("an axis of {} places is more than {}", extent.number(), kLongest));
  }
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Resize::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  double taps = 0;
  if (mode != Mode::nearest)
    for (std::size_t axis = 1; axis + 1 < inputs[0].dims.size(); ++axis) {
      const auto in = inputs[0].dims[axis].number(), out = outputs[0].dims[axis].number();
      const double shrink = std::max(1.0, static_cast<double>(in) / static_cast<double>(out));
      const double width = mode == Mode::bilinear   ? 2
                           : mode == Mode::area     ? 1
                           : mode == Mode::lanczos3 ? 6
                                                    : 4;
      taps += width * (antialias || mode == Mode::area ? shrink : 1);
    }
  return cost_of(2 * taps * elements_of(outputs[0]), inputs, outputs);
}

Status Resize::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  if (mode == Mode::nearest) {
    copy_nearest(*this, x, y);
    return {};
  }
  std::vector<double> values = load_all(x);
  const auto taps = resize_taps(*this, x.dims, y.dims);
  for (std::size_t axis = 1; axis + 1 < x.dims.size(); ++axis) {
    const std::int64_t outer = count_of(y.dims.first(axis)), inner = count_of(x.dims.subspan(axis + 1));
    values = resize_axis(values, taps[axis - 1], fill, outer, x.dims[axis], inner);
  }
  std::int64_t element = 0;
  for (const double value : values) store(y, element++, value);
  return {};
}

}  // namespace vivace
