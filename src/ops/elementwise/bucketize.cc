#include "ops/elementwise/bucketize.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> Bucketize::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  if (!is_integer(result)) return attribute_error(kName, "the bins' numbers need an integer type");
  VIVACE_CHECK_OK(require_number(kName, "boundaries", static_cast<std::int64_t>(boundaries.size()), 0,
                                 static_cast<std::int64_t>(round_to(result, 0x7fffffff))));
  for (std::size_t i = 0; i < boundaries.size(); ++i)
    if (std::isnan(boundaries[i]) || (i > 0 && boundaries[i] < boundaries[i - 1]))
      return attribute_error(kName, text("boundary {} is {}, below the one before it", i, boundaries[i]));
  return inferred(kName, {Fact::tensor(result, inputs[0].dims)});
}

Cost Bucketize::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  const double steps = std::log2(static_cast<double>(boundaries.size()) + 1) + 1;
  return cost_of(steps * elements_of(outputs[0]), inputs, outputs);
}

Status Bucketize::compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                          std::int64_t begin, std::int64_t end) const {
  const auto below = [](double x, double boundary) {
    return x < static_cast<double>(static_cast<float>(boundary));
  };
  for (std::int64_t i = begin; i < end; ++i) {
    double x = load(inputs[0], i);
    if (!is_float(inputs[0].dtype)) x = static_cast<double>(static_cast<float>(x));
    const auto above = std::upper_bound(boundaries.begin(), boundaries.end(), x, below);
    store_integer(outputs[0], i, above - boundaries.begin());
  }
  return {};
}

Status Bucketize::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  return compute(inputs, outputs, 0, outputs[0].count());
}

}  // namespace vivace
