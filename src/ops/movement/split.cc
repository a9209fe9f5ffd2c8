#include "ops/movement/split.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/strided.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// More pieces than any network has; bounds what a damaged file can make us allocate.
constexpr std::int64_t kMostPieces = 65536;

// The pieces' sizes along the axis.
Result<Dims> pieces_of(const Split& op, const Dim& axis) {
  if (op.sizes.empty()) {
    VIVACE_CHECK_OK(require_number(op.kName, "parts", op.parts, 1, kMostPieces));
    if (axis.known() && axis.number() % op.parts != 0)
      return shape_error(op.kName, text("{} does not divide into {} equal parts", axis.number(), op.parts));
    return Dims(static_cast<std::size_t>(op.parts), floor_div(axis, op.parts));
  }
  if (op.parts != 0) return attribute_error(op.kName, "parts and sizes exclude each other");
  if (op.sizes.size() > static_cast<std::size_t>(kMostPieces))
    return attribute_error(op.kName,
                           text("sizes has {} numbers, {} is the most", op.sizes.size(), kMostPieces));
  VIVACE_CHECK_OK(require_numbers(op.kName, "sizes", op.sizes, op.sizes.size(), 0));
  std::int64_t sum = 0;
  for (const std::int64_t size : op.sizes) sum += size;
  if (axis.known() && axis.number() != sum)
    return shape_error(op.kName, text("the pieces add up to {}, the axis has {}", sum, axis.number()));
  return known_dims(op.sizes);
}

}  // namespace

Result<std::vector<Fact>> Split::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1, Strings::taken));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_number(kName, "axis", axis, 0, static_cast<std::int64_t>(x.dims.size()) - 1));
  const auto along = static_cast<std::size_t>(axis);
  VIVACE_TRY(const Dims pieces, pieces_of(*this, x.dims[along]));
  std::vector<Fact> outputs;
  for (const Dim& piece : pieces) {
    outputs.push_back(Fact::tensor(x.dtype, x.dims));
    outputs.back().dims[along] = piece;
  }
  return inferred(kName, std::move(outputs));
}

Cost Split::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status Split::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  const Shape from = strides_of(inputs[0].dims);
  std::int64_t place = 0;
  for (const MutableTensorView& y : outputs) {
    gather_strided(inputs[0], place * from[static_cast<std::size_t>(axis)], from, y);
    place += y.dims[static_cast<std::size_t>(axis)];
  }
  return {};
}

}  // namespace vivace
