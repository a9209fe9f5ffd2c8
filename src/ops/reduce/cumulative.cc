#include "ops/reduce/cumulative.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/axes.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

struct Running {
  bool integers, product;
  double number;
  std::uint64_t bits;

  explicit Running(const Cumulative& op, DType dtype)
      : integers(is_integer(dtype)), product(op.product), number(op.product), bits(op.product) {}
  void take(const TensorView& x, std::int64_t place) {
    if (integers) {
      const auto value = static_cast<std::uint64_t>(load_integer(x, place));
      bits = product ? bits * value : bits + value;
    } else {
      const double value = load(x, place);
      number = product ? number * value : number + value;
    }
  }
  void put(const MutableTensorView& y, std::int64_t place) const {
    if (integers)
      store_integer(y, place, static_cast<std::int64_t>(bits));
    else
      store(y, place, number);
  }
};

}  // namespace

Result<std::vector<Fact>> Cumulative::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1));
  const Fact& x = inputs[0];
  if (x.dtype == DType::boolean) return dtype_error(kName, "booleans have no running sum");
  VIVACE_CHECK_OK(require_number(kName, "axis", axis, 0, static_cast<std::int64_t>(x.dims.size()) - 1));
  return inferred(kName, {Fact::tensor(x.dtype, x.dims)});
}

Cost Cumulative::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(elements_of(outputs[0]), inputs, outputs);
}

Status Cumulative::evaluate(std::span<const TensorView> inputs,
                            std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  if (x.count() == 0) return {};
  const std::int64_t axes[] = {axis};
  const Places places = places_along(x.dims, axes);
  const std::size_t count = places.inner.size();
  for (const std::int64_t first : places.outer) {
    Running total(*this, x.dtype);
    for (std::size_t j = 0; j < count; ++j) {
      const std::int64_t place = first + places.inner[reverse ? count - 1 - j : j];
      if (!exclusive) total.take(x, place);
      total.put(outputs[0], place);
      if (exclusive) total.take(x, place);
    }
  }
  return {};
}

}  // namespace vivace
