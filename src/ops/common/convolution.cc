#include "ops/common/convolution.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// The kernel's sizes, once ranks and attributes are known to fit them.
Result<std::vector<std::int64_t>> require_kernel(std::string_view op, const Fact& x, const Fact& weights,
                                                 const Windows& windows) {
  VIVACE_CHECK_OK(require_rank(op, "the input", x, 3, 5));
  VIVACE_CHECK_OK(require_rank(op, "the weights", weights, x.dims.size(), x.dims.size()));
  VIVACE_TRY(std::vector<std::int64_t> kernel, kernel_sizes(op, weights.dims));
  VIVACE_CHECK_OK(
      require_window(op, windows.padding, kernel, windows.strides, windows.dilations, x.dims.size() - 2));
  return kernel;
}

}  // namespace

Result<Dims> convolution_dims(std::string_view op, const Fact& x, const Fact& weights, const Windows& windows,
                              std::int64_t groups) {
  VIVACE_TRY(const std::vector<std::int64_t> kernel, require_kernel(op, x, weights, windows));
  VIVACE_CHECK_OK(require_number(op, "groups", groups, 1));
  const Dim &channels = x.dims.back(), &outputs = weights.dims.back();
  const Dim& group_inputs = weights.dims[weights.dims.size() - 2];
  const bool both_known = group_inputs.known() && channels.known();
  if (both_known && (channels.number() % groups != 0 || channels.number() / groups != group_inputs.number()))
    return shape_error(op, text("the input {} and the weights {} do not fit with {} groups", to_text(x.dims),
                                to_text(weights.dims), groups))
        .why("the weights' last axis but one times the groups must be the input's channels");
  if (outputs.known() && outputs.number() % groups != 0)
    return shape_error(op, text("{} output channels do not split into {} groups", outputs.number(), groups));
  return window_dims(op, windows.padding, x.dims, kernel, windows.strides, windows.dilations, outputs);
}

Result<Dims> transposed_convolution_dims(std::string_view op, const Fact& x, const Fact& weights,
                                         const Windows& windows,
                                         std::span<const std::int64_t> output_padding) {
  VIVACE_TRY(const std::vector<std::int64_t> kernel, require_kernel(op, x, weights, windows));
  const Padding& padding = windows.padding;
  VIVACE_CHECK_OK(require_numbers(op, "output_padding", output_padding, kernel.size(), 0));
  if (!may_equal(weights.dims.back(), x.dims.back()))
    return shape_error(op,
                       text("the weights {} do not fit the input {}", to_text(weights.dims), to_text(x.dims)))
        .why("the weights' last axis must be the input's channels");

  Dims dims = {x.dims.front()};
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    const Dim& in = x.dims[i + 1];
    if (padding.mode == Padding::Mode::same) {
      VIVACE_CHECK_OK(require_number(op, "output_padding under same padding", output_padding[i], 0, 0));
      dims.push_back(in * Dim(windows.strides[i]));
      continue;
    }
    const std::int64_t reach = (kernel[i] - 1) * windows.dilations[i] + 1;
    dims.push_back((in - 1) * Dim(windows.strides[i]) + Dim(reach) - Dim(padding.before[i]) -
                   Dim(padding.after[i]) + Dim(output_padding[i]));
    if (dims.back().known() && dims.back().number() < 1)
      return shape_error(op, text("nothing is left of spatial axis {} of {}: it would have size {}", i,
                                  to_text(x.dims), dims.back().number()))
          .why(text("{} and {} places are cropped", padding.before[i], padding.after[i]));
  }
  dims.push_back(weights.dims[kernel.size()]);
  return dims;
}

double taps_of(const Fact& weights) {
  return elements_of(std::span(weights.dims).first(weights.dims.size() - 1));
}

WindowAxes axes_of(const Windows& windows, std::span<const std::int64_t> x, std::span<const std::int64_t> y,
                   const TensorView& weights) {
  const auto kernel = weights.dims.first(windows.strides.size());
  return window_axes(windows.padding, x, y, kernel, windows.strides, windows.dilations);
}

}  // namespace vivace
