#include "ops/reduce/arg_reduce.h"

#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/axes.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// Where the first of the largest keys stands; 0 where no key is above the start.
template <class T, class Key>
std::int64_t place_of_largest(std::size_t count, T start, Key key) {
  std::int64_t best = 0;
  for (std::size_t j = 0; j < count; ++j) {
    const T value = key(j);
    if (!(value > start)) continue;
    start = value;
    best = static_cast<std::int64_t>(j);
  }
  return best;
}

}  // namespace

Result<std::vector<Fact>> ArgReduce::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_number(kName, "axis", axis, 0, static_cast<std::int64_t>(x.dims.size()) - 1));
  if (result != DType::i32 && result != DType::i64)
    return attribute_error(kName, "result is neither int32 nor int64");
  const auto along = static_cast<std::size_t>(axis);
  if (x.dims[along] == Dim(0))
    return shape_error(kName, text("there is no largest along axis {} of {}", axis, to_text(x.dims)));
  Dims dims = x.dims;
  if (keep_dims)
    dims[along] = 1;
  else
    dims.erase(dims.begin() + axis);
  return inferred(kName, {Fact::tensor(result, std::move(dims))});
}

Cost ArgReduce::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(elements_of(inputs[0]), inputs, outputs);
}

Status ArgReduce::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  const std::int64_t axes[] = {axis};
  const Places places = places_along(x.dims, axes);
  for (std::size_t i = 0; i < places.outer.size(); ++i) {
    const auto place = [&](std::size_t j) { return places.outer[i] + places.inner[j]; };
    const auto number = [&](std::size_t j) { return (smallest ? -1 : 1) * load(x, place(j)); };
    const auto key = [&](std::size_t j) {
      const std::int64_t value = order_key(x.dtype, load_integer(x, place(j)));
      return smallest ? ~value : value;  // ~ turns the order round without overflow
    };
    const std::size_t count = places.inner.size();
    store_integer(outputs[0], static_cast<std::int64_t>(i),
                  is_float(x.dtype)
                      ? place_of_largest(count, -std::numeric_limits<double>::infinity(), number)
                      : place_of_largest(count, std::numeric_limits<std::int64_t>::min(), key));
  }
  return {};
}

}  // namespace vivace
