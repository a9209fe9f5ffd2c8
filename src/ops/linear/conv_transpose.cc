#include "ops/linear/conv_transpose.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/common/window_walk.h"

namespace vivace {
namespace {

using Numbers = std::vector<std::int64_t>;

// The transposed kernel [kernel..., C, O]: a tap adds to all output channels of a place in one run.
std::vector<double> channels_first(const TensorView& weights) {
  const std::int64_t channels = weights.dims.back(), outputs = weights.dims[weights.dims.size() - 2];
  std::vector<double> turned(static_cast<std::size_t>(weights.count()));
  for (std::int64_t i = 0; i < weights.count(); ++i) {
    const std::int64_t c = i % channels, o = i / channels % outputs, tap = i / channels / outputs;
    turned[static_cast<std::size_t>((tap * channels + c) * outputs + o)] = load(weights, i);
  }
  return turned;
}

// The forward convolution whose gradient this is: its input is our output.
WindowAxes forward_axes(const ConvTranspose& op, const TensorView& x, const TensorView& weights,
                        std::span<const std::int64_t> y) {
  const auto kernel = weights.dims.first(op.strides.size());
  return window_axes(op.padding, y, x.dims, kernel, op.strides, op.dilations);
}

}  // namespace

Result<std::vector<Fact>> ConvTranspose::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 4));
  const Fact &x = inputs[0], &weights = inputs[1];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 3, 5));
  VIVACE_CHECK_OK(require_rank(kName, "the weights", weights, x.dims.size(), x.dims.size()));
  VIVACE_CHECK_OK(require_float(kName, "the input", x));
  VIVACE_CHECK_OK(require_dtype(kName, "the weights", weights, x.dtype));
  VIVACE_TRY(const Numbers kernel, kernel_sizes(kName, weights.dims));
  const std::size_t axes = x.dims.size() - 2;
  VIVACE_CHECK_OK(require_window(kName, padding, kernel, strides, dilations, axes));
  VIVACE_CHECK_OK(require_numbers(kName, "output_padding", output_padding, axes, 0));
  if (!may_equal(weights.dims.back(), x.dims.back()))
    return shape_error(kName,
                       text("the weights {} do not fit the input {}", to_text(weights.dims), to_text(x.dims)))
        .why("the weights' last axis must be the input's channels");

  Dims dims = {x.dims.front()};
  for (std::size_t i = 0; i < axes; ++i) {
    const Dim& in = x.dims[i + 1];
    if (padding.mode == Padding::Mode::same) {
      VIVACE_CHECK_OK(require_number(kName, "output_padding under same padding", output_padding[i], 0, 0));
      dims.push_back(in * Dim(strides[i]));
      continue;
    }
    const std::int64_t reach = (kernel[i] - 1) * dilations[i] + 1;
    dims.push_back((in - 1) * Dim(strides[i]) + Dim(reach) - Dim(padding.before[i]) - Dim(padding.after[i]) +
                   Dim(output_padding[i]));
    if (dims.back().known() && dims.back().number() < 1)
      return shape_error(kName, text("nothing is left of spatial axis {} of {}: it would have size {}", i,
                                     to_text(x.dims), dims.back().number()))
          .why(text("{} and {} places are cropped", padding.before[i], padding.after[i]));
  }
  dims.push_back(weights.dims[axes]);
  const Fact y = Fact::tensor(x.dtype, std::move(dims));
  VIVACE_CHECK_OK(require_epilogue(kName, inputs, y));
  return inferred(kName, {y});
}

Cost ConvTranspose::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const std::span weights(inputs[1].dims);
  const double taps = elements_of(weights.first(weights.size() - 1));
  const double flops = 2 * taps * elements_of(inputs[0]) + flops_of(epilogue, inputs, outputs[0]);
  return cost_of(flops, inputs, outputs);
}

Status ConvTranspose::evaluate(std::span<const TensorView> inputs,
                               std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const MutableTensorView& y = outputs[0];
  const WindowAxes axes = forward_axes(*this, x, inputs[1], y.dims);
  const std::vector<double> from = load_all(x), kernel = channels_first(inputs[1]);
  const std::int64_t channels = x.dims.back(), width = y.dims.back();
  std::vector<double> sums(static_cast<std::size_t>(y.count()));
  const double* source = from.data();
  for_each_window(axes, x.dims[0], [&](const WindowPlace& place) {
    for_each_tap(axes, place, [&](std::int64_t pixel, std::int64_t tap) {
      double* sum = sums.data() + pixel * width;
      const double* weights = kernel.data() + tap * channels * width;
      for (std::int64_t c = 0; c < channels; ++c, weights += width)
        for (std::int64_t o = 0; o < width; ++o) sum[o] += source[c] * weights[o];
    });
    source += channels;
  });

  const EpilogueReference end(epilogue, inputs, y);
  for (std::int64_t first = 0; first < y.count(); first += width)
    end.store_row({sums.data() + first, static_cast<std::size_t>(width)}, first);
  return {};
}

}  // namespace vivace
