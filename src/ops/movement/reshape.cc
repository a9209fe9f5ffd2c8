#include "ops/movement/reshape.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// What is left of two products of sizes once equal factors are struck out on both sides, so that sizes that
// are unknown but the same do not matter.
struct Quotient {
  Dims above, below;

  static bool strike(Dims& from, const Dim& size) {
    const auto found = std::find_if(from.begin(), from.end(), [&](const Dim& d) { return d.same(size); });
    if (found == from.end()) return false;
    from.erase(found);
    return true;
  }
  void strike_equals() {
    std::erase_if(below, [&](const Dim& size) { return strike(above, size); });
  }
};

// The product of sizes; unknown where it is, or where it overflows.
Dim product(const Dims& sizes) {
  Dim result(1);
  for (const Dim& size : sizes)
    if (size.known()) result = result * size;
  for (const Dim& size : sizes)
    if (!size.known()) result = result * size;
  return result;
}

Error misfit(const Dims& from, const std::string& to, const std::string& why) {
  return shape_error(Reshape::kName, text("{} cannot become {}: {}", to_text(from), to, why));
}

// The size at the place of kInfer.
Result<Dim> left_over(const Quotient& rest, const Dims& from, const std::string& to) {
  const Dim above = product(rest.above), below = product(rest.below);
  if (!below.known()) return above.same(below) ? Dim(1) : Dim::unknown();
  if (below.number() == 0) return misfit(from, to, "with a size of 0, what is left over is not defined");
  if (above.known() && above.number() % below.number() != 0)
    return misfit(from, to, text("{} is no multiple of {}", above.number(), below.number()));
  return floor_div(above, below.number());
}

}  // namespace

Result<std::vector<Fact>> Reshape::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 2, Strings::taken));
  const Fact& x = inputs[0];
  const Dims other = given(inputs, 1) ? inputs[1].dims : Dims();
  if (target.size() > kMaxRank)
    return attribute_error(kName, text("target has {} numbers, {} is the most", target.size(), kMaxRank));
  Dims dims;
  std::optional<std::size_t> inferred_axis;
  Quotient rest{x.dims, {}};
  std::vector<bool> kept(x.dims.size());
  for (std::size_t i = 0; i < target.size(); ++i) {
    const std::int64_t size = target[i];
    if (size == 0 || size > kMaxAttribute || (size == kInfer && inferred_axis))
      return attribute_error(kName, text("target holds {}; a size is 1 to {}, and only one may be left over",
                                         size, kMaxAttribute));
    if (size == kInfer) {
      inferred_axis = i;
      dims.push_back(Dim::unknown());
      continue;
    }
    if (size <= kLike) {
      if (kLike - size >= static_cast<std::int64_t>(other.size()))
        return attribute_error(kName, text("target takes axis {} of {}", kLike - size, to_text(other)));
      dims.push_back(other[static_cast<std::size_t>(kLike - size)]);
      rest.below.push_back(dims.back());
      continue;
    }
    if (size < 0 && kKeep - size >= static_cast<std::int64_t>(x.dims.size()))
      return attribute_error(kName, text("target keeps axis {} of {}", kKeep - size, to_text(x.dims)));
    if (size > 0) {
      dims.push_back(size);
      rest.below.push_back(size);
      continue;
    }
    const auto axis = static_cast<std::size_t>(kKeep - size);
    dims.push_back(x.dims[axis]);
    if (kept[axis]) rest.below.push_back(x.dims[axis]);
    kept[axis] = true;
  }
  for (std::size_t axis = kept.size(); axis-- > 0;)
    if (kept[axis]) rest.above.erase(rest.above.begin() + static_cast<std::ptrdiff_t>(axis));
  rest.strike_equals();
  if (inferred_axis) {
    VIVACE_TRY(dims[*inferred_axis], left_over(rest, x.dims, to_text(dims)));
  } else if (!std::any_of(dims.begin(), dims.end(), [](const Dim& d) { return d == Dim(0); }) &&
             !may_equal(product(rest.above), product(rest.below))) {
    return misfit(x.dims, to_text(dims), "the numbers of elements differ");
  }
  return inferred(kName, {Fact::tensor(x.dtype, std::move(dims))});
}

Cost Reshape::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status Reshape::evaluate(std::span<const TensorView> inputs,
                         std::span<const MutableTensorView> outputs) const {
  if (outputs[0].bytes() != 0) std::memcpy(outputs[0].data, inputs[0].data, outputs[0].bytes());
  return {};
}

}  // namespace vivace
