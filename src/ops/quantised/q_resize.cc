#include "ops/quantised/q_resize.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/quantised/requantisation.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// Calls mix(four neighbours, how far down, how far right) for every element of y, in order.
template <class T, class Mix>
void for_each_element(const TensorView& x, const MutableTensorView& y,
                      const std::vector<QResize::Between<T>>& rows,
                      const std::vector<QResize::Between<T>>& columns, Mix mix) {
  const std::int64_t channels = x.dims[3], width = x.dims[2], height = x.dims[1];
  std::int64_t element = 0;
  for (std::int64_t n = 0; n < x.dims[0]; ++n)
    for (const auto& row : rows)
      for (const auto& column : columns)
        for (std::int64_t c = 0; c < channels; ++c) {
          const auto at = [&](std::int64_t i, std::int64_t j) {
            return static_cast<T>(load_integer(x, ((n * height + i) * width + j) * channels + c));
          };
          store_integer(y, element++,
                        mix(at(row.low, column.low), at(row.high, column.low), at(row.low, column.high),
                            at(row.high, column.high), row.weight, column.weight));
        }
}

}  // namespace

using Coordinates = QResize::Coordinates;

std::vector<QResize::Between<std::int32_t>> QResize::whole_steps(std::int64_t input,
                                                                 std::int64_t output) const {
  constexpr std::int64_t kOne = 1024;
  const bool corners = coordinates == Coordinates::align_corners && output > 1;
  const std::int64_t from = corners ? input - 1 : input, to = corners ? output - 1 : output;
  const std::int64_t scale = (kOne * from + to / 2) / to;
  std::vector<Between<std::int32_t>> places;
  for (std::int64_t i = 0; i < output; ++i) {
    const std::int64_t at = i * scale + (coordinates == Coordinates::half_pixel ? scale / 2 - kOne / 2 : 0);
    const std::int64_t low = std::clamp<std::int64_t>(at / kOne, 0, input - 1);
    places.push_back(
        {low, std::min((at + kOne - 1) / kOne, input - 1), static_cast<std::int32_t>(at - kOne * low)});
  }
  return places;
}

std::vector<QResize::Between<float>> QResize::real_steps(std::int64_t input, std::int64_t output) const {
  const bool corners = coordinates == Coordinates::align_corners && output > 1;
  const float scale = corners ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
                              : static_cast<float>(input) / static_cast<float>(output);
  std::vector<Between<float>> places;
  for (std::int64_t i = 0; i < output; ++i) {
    const auto place = static_cast<float>(i);
    const float at = coordinates == Coordinates::half_pixel ? (place + 0.5f) * scale - 0.5f : place * scale;
    const auto low = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(at)), 0, input - 1);
    const auto high = std::min(static_cast<std::int64_t>(std::ceil(at)), input - 1);
    places.push_back({low, high, at - static_cast<float>(low)});
  }
  return places;
}

std::vector<QResize::Between<std::int32_t>> QResize::fine_steps(std::int64_t input,
                                                                std::int64_t output) const {
  const std::int64_t ends = coordinates == Coordinates::align_corners && output > 1 ? 1 : 0;
  const float scale = static_cast<float>(input - ends) / static_cast<float>(output - ends);
  const float offset = coordinates == Coordinates::half_pixel ? 0.5f * scale - 0.5f : 0.0f;
  std::vector<Between<std::int32_t>> places;
  for (std::int64_t i = 0; i < output; ++i) {
    const float at = std::clamp(static_cast<float>(i) * scale + offset, 0.0f, static_cast<float>(input - 1));
    const auto low = static_cast<std::int64_t>(at);
    const auto weight = std::lrint((at - static_cast<float>(low)) * 2048.0f);
    places.push_back({low, std::min(low + 1, input - 1), static_cast<std::int32_t>(weight)});
  }
  return places;
}

Result<std::vector<Fact>> QResize::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_quantised(kName, "the input", x));
  VIVACE_CHECK_OK(require_rank(kName, "the input", x, 4, 4));
  VIVACE_CHECK_OK(require_numbers(kName, "size", size, 2, 1));
  for (const std::size_t axis : {std::size_t{0}, std::size_t{1}}) {
    VIVACE_CHECK_OK(require_number(kName, "size", size[axis], 1, kLongest));
    const Dim& from = x.dims[axis + 1];
    if (from.known() && (from.number() < 1 || from.number() > kLongest))
      return shape_error(kName, text("an image of {} cannot be resampled", to_text(x.dims)));
  }
  return inferred(kName, {Fact::tensor(x.dtype, {x.dims[0], Dim(size[0]), Dim(size[1]), x.dims[3]})});
}

Cost QResize::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(8 * elements_of(outputs[0]), inputs, outputs);
}

Status QResize::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  if (as_xnnpack)
    for_each_element(x, outputs[0], fine_steps(x.dims[1], size[0]), fine_steps(x.dims[2], size[1]),
                     [](auto... of) { return mix_fine(std::int64_t{of}...); });
  else if (x.dtype == DType::u8)
    for_each_element(x, outputs[0], real_steps(x.dims[1], size[0]), real_steps(x.dims[2], size[1]),
                     [](auto... of) { return mix(of...); });
  else
    for_each_element(x, outputs[0], whole_steps(x.dims[1], size[0]), whole_steps(x.dims[2], size[1]),
                     [](auto... of) { return mix(std::int64_t{of}...); });
  return {};
}

}  // namespace vivace
