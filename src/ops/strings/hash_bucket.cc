#include "ops/strings/hash_bucket.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Result<std::vector<Fact>> HashBucket::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 1, 1, Strings::taken));
  const Fact& x = inputs[0];
  const bool strings = x.dtype == DType::string;
  if (!strings && !is_integer(x.dtype))
    return dtype_error(kName, text("the keys are {}, need strings or integers", name_of(x.dtype)));
  VIVACE_CHECK_OK(require_buckets(kName, buckets, 1, strings));
  VIVACE_CHECK_OK(require_number(kName, "first", first, 0));
  if (buckets.count > kMostBuckets - first) return attribute_error(kName, "too many buckets");
  return inferred(kName, {Fact::tensor(DType::i64, x.dims)});
}

Cost HashBucket::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(20 * elements_of(outputs[0]), inputs, outputs);
}

Status HashBucket::compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                           std::int64_t begin, std::int64_t end) const {
  const TensorView& x = inputs[0];
  auto* const y = outputs[0].as<std::int64_t>();
  if (x.dtype != DType::string) {
    for (std::int64_t i = begin; i < end; ++i) y[i] = first + buckets.of(load_integer(x, i));
    return {};
  }
  for (std::int64_t i = begin; i < end; ++i) {
    const std::string_view key = x.as<StringView>()[i];
    y[i] = masked && key == mask ? mask_number : first + buckets.of(key);
  }
  return {};
}

Status HashBucket::evaluate(std::span<const TensorView> inputs,
                            std::span<const MutableTensorView> outputs) const {
  return compute(inputs, outputs, 0, outputs[0].count());
}

}  // namespace vivace
