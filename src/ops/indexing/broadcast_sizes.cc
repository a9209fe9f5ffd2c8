#include "ops/indexing/broadcast_sizes.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// The size `i` before the end; 1 before the first one.
std::int64_t size_from_end(const TensorView& sizes, std::int64_t i) {
  return i < sizes.count() ? load_integer(sizes, sizes.count() - 1 - i) : 1;
}

}  // namespace

Result<std::vector<Fact>> BroadcastSizes::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 2));
  const Fact &a = inputs[0], &b = inputs[1];
  if (a.dtype != DType::i32 && a.dtype != DType::i64)
    return dtype_error(kName, text("the left input is {}, not int32 or int64", name_of(a.dtype)));
  VIVACE_CHECK_OK(require_dtype(kName, "the right input", b, a.dtype));
  VIVACE_CHECK_OK(require_rank(kName, "the left input", a, 1, 1));
  VIVACE_CHECK_OK(require_rank(kName, "the right input", b, 1, 1));
  if (!a.dims[0].known() || !b.dims[0].known())
    return shape_error(kName, "how many sizes there are is not known");
  return inferred(kName, {Fact::tensor(a.dtype, {std::max(a.dims[0].number(), b.dims[0].number())})});
}

Cost BroadcastSizes::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(0, inputs, outputs);
}

Status BroadcastSizes::evaluate(std::span<const TensorView> inputs,
                                std::span<const MutableTensorView> outputs) const {
  const std::int64_t count = outputs[0].count();
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t a = size_from_end(inputs[0], i), b = size_from_end(inputs[1], i);
    if (a != b && a != 1 && b != 1)
      return Error("op.value", text("{}: sizes {} and {} do not broadcast", kName, a, b))
          .fix("give sizes that are equal, or of which one is 1");
    store_integer(outputs[0], count - 1 - i, a == 1 ? b : a);
  }
  return {};
}

}  // namespace vivace
