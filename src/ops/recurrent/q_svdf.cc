#include "ops/recurrent/q_svdf.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

enum Input : std::size_t { kX, kFeatures, kTimes, kMemory, kBias };

}  // namespace

Result<std::vector<Fact>> QSvdf::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 4, 5));
  static constexpr const char* kNames[] = {"x", "the features", "the times", "the memory"};
  static constexpr DType kTypes[] = {DType::i8, DType::i8, DType::i16, DType::i16};
  for (std::size_t i = kX; i <= kMemory; ++i) {
    VIVACE_CHECK_OK(require_dtype(kName, kNames[i], inputs[i], kTypes[i]));
    VIVACE_CHECK_OK(require_rank(kName, kNames[i], inputs[i], 2, 2));
  }
  const Dims &x = inputs[kX].dims, &times = inputs[kTimes].dims;
  VIVACE_CHECK_OK(require_dims(kName, "the features", inputs[kFeatures], {times[0], x[1]}));
  VIVACE_CHECK_OK(require_number(kName, "rank", rank, 1));
  if (!times[0].known() || !times[1].known() || times[0].number() % rank != 0 || times[1].number() < 1)
    return shape_error(kName, text("{} features of rank {} over {} steps", to_text(Dims{times[0]}), rank,
                                   to_text(Dims{times[1]})));
  VIVACE_CHECK_OK(require_dims(kName, "the memory", inputs[kMemory], {x[0], times[0] * times[1]}));
  VIVACE_CHECK_OK(require_zero(kName, "input_zero", input_zero, DType::i8));
  VIVACE_CHECK_OK(require_factor(kName, "feature_factor", feature_factor, Rounding::fixed31));
  const Dim units(times[0].number() / rank);
  VIVACE_CHECK_OK(require_bias(kName, inputs, kBias, units));
  VIVACE_CHECK_OK(require_requantisation(kName, end, Dim(1)));
  if (end.rounding != Rounding::fixed31 || end.result != DType::i8)
    return attribute_error(kName, "it ends in int8, rounded as fixed31");
  return inferred(kName,
                  {Fact::tensor(DType::i8, {x[0], units}), Fact::tensor(DType::i16, inputs[kMemory].dims)});
}

Cost QSvdf::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double each = elements_of(inputs[kFeatures]) + elements_of(inputs[kTimes]);
  return cost_of(2 * each * elements_of(Dims{inputs[kX].dims[0]}), inputs, outputs);
}

Status QSvdf::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const TensorView &x = inputs[kX], &features = inputs[kFeatures], &times = inputs[kTimes];
  const std::int64_t filters = times.dims[0], steps = times.dims[1], width = x.dims[1],
                     units = filters / rank;
  const QuantisedMultiplier factor = quantize_multiplier(feature_factor);
  const Requantiser requantise(end);
  const auto* before = inputs[kMemory].as<std::int16_t>();
  auto* memory = outputs[1].as<std::int16_t>();
  for (std::int64_t b = 0; b < x.dims[0]; ++b) {
    std::vector<std::uint32_t> sums(static_cast<std::size_t>(units));
    for (std::int64_t f = 0; f < filters; ++f, memory += steps, before += steps) {
      std::uint32_t fresh = 0;
      for (std::int64_t k = 0; k < width; ++k)
        fresh += static_cast<std::uint32_t>(load_integer(features, f * width + k) *
                                            (load_integer(x, b * width + k) - input_zero));
      std::copy(before + 1, before + steps, memory);
      memory[steps - 1] = static_cast<std::int16_t>(
          std::clamp(multiply(static_cast<std::int32_t>(fresh), factor), -32768, 32767));
      std::uint32_t& sum = sums[static_cast<std::size_t>(f / rank)];
      for (std::int64_t m = 0; m < steps; ++m)
        sum += static_cast<std::uint32_t>(load_integer(times, f * steps + m) * memory[m]);
    }
    for (std::int64_t u = 0; u < units; ++u) {
      const std::int64_t bias = given(inputs, kBias) ? load_integer(inputs[kBias], u) : 0;
      const auto sum =
          static_cast<std::int32_t>(sums[static_cast<std::size_t>(u)] + static_cast<std::uint32_t>(bias));
      store_integer(outputs[0], b * units + u, requantise(sum));
    }
  }
  return {};
}

}  // namespace vivace
