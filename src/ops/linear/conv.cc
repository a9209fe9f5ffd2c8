#include "ops/linear/conv.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/common/window_walk.h"

namespace vivace {
namespace {

using Numbers = std::vector<std::int64_t>;

// Adds to `sums`, one number an output channel, what one tap of the kernel sees: `x` are the input channels
// at its place, `weights` its [C / groups, O].
void add_tap(std::span<double> sums, const double* x, const double* weights, std::int64_t groups,
             std::int64_t group_inputs) {
  const auto outputs = static_cast<std::int64_t>(sums.size());
  const std::int64_t group_outputs = outputs / groups;
  for (std::int64_t c = 0; c < group_inputs; ++c, weights += outputs)
    for (std::int64_t g = 0; g < groups; ++g) {
      const double value = x[g * group_inputs + c];
      const double* w = weights + g * group_outputs;
      double* sum = sums.data() + g * group_outputs;
      for (std::int64_t o = 0; o < group_outputs; ++o) sum[o] += value * w[o];
    }
}

}  // namespace

Result<std::vector<Fact>> Conv::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 4));
  const Fact &x = inputs[0], &weights = inputs[1];
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 3, 5));
  VIVACE_CHECK_OK(require_rank(kName, "the weights", weights, x.dims.size(), x.dims.size()));
  VIVACE_CHECK_OK(require_float(kName, "the input", x));
  VIVACE_CHECK_OK(require_dtype(kName, "the weights", weights, x.dtype));
  VIVACE_TRY(const Numbers kernel, kernel_sizes(kName, weights.dims));
  VIVACE_CHECK_OK(require_window(kName, padding, kernel, strides, dilations, x.dims.size() - 2));
  VIVACE_CHECK_OK(require_number(kName, "groups", groups, 1));

  const Dim &channels = x.dims.back(), &outputs = weights.dims.back();
  const Dim& group_inputs = weights.dims[weights.dims.size() - 2];
  const bool both_known = group_inputs.known() && channels.known();
  if (both_known && (channels.number() % groups != 0 || channels.number() / groups != group_inputs.number()))
    return shape_error(kName, text("the input {} and the weights {} do not fit with {} groups",
                                   to_text(x.dims), to_text(weights.dims), groups))
        .why("the weights' last axis but one times the groups must be the input's channels");
  if (outputs.known() && outputs.number() % groups != 0)
    return shape_error(kName,
                       text("{} output channels do not split into {} groups", outputs.number(), groups));

  VIVACE_TRY(Dims dims, window_dims(kName, padding, x.dims, kernel, strides, dilations, outputs));
  const Fact y = Fact::tensor(x.dtype, std::move(dims));
  VIVACE_CHECK_OK(require_epilogue(kName, inputs, y));
  return inferred(kName, {y});
}

Cost Conv::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const std::span weights(inputs[1].dims);
  const double taps = elements_of(weights.first(weights.size() - 1));
  const double flops = 2 * taps * elements_of(outputs[0]) + flops_of(epilogue, inputs, outputs[0]);
  return cost_of(flops, inputs, outputs);
}

Status Conv::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[0], &weights = inputs[1];
  const MutableTensorView& y = outputs[0];
  const WindowAxes axes =
      window_axes(padding, x.dims, y.dims, weights.dims.first(strides.size()), strides, dilations);
  const std::vector<double> from = load_all(x), kernel = load_all(weights);
  const EpilogueReference end(epilogue, inputs, y);
  const std::int64_t channels = x.dims.back(), group_inputs = channels / groups;
  std::vector<double> sums(static_cast<std::size_t>(y.dims.back()));
  const std::int64_t tap_size = group_inputs * y.dims.back();
  std::int64_t row = 0;
  for_each_window(axes, y.dims[0], [&](const WindowPlace& place) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for_each_tap(axes, place, [&](std::int64_t pixel, std::int64_t tap) {
      add_tap(sums, from.data() + pixel * channels, kernel.data() + tap * tap_size, groups, group_inputs);
    });
    end.store_row(sums, row++ * y.dims.back());
  });
  return {};
}

}  // namespace vivace
