#include "ops/strings/cross_hash.h"

#include "base/fingerprint.h"
#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/common/strings/buckets.h"

namespace vivace {

Result<std::vector<Fact>> CrossHash::infer(std::span<const Fact> inputs) const {
  constexpr std::size_t kMost = 1 << 10;
  VIVACE_CHECK_OK(
      require_inputs(kName, inputs, std::max<std::size_t>(2, inputs.size()), kMost, Strings::taken));
  VIVACE_CHECK_OK(require_number(kName, "buckets", buckets, 1, kMostBuckets));
  Dims dims = inputs[0].dims;
  for (const Fact& x : inputs) {
    if (x.dtype != DType::string && !is_integer(x.dtype))
      return dtype_error(kName, text("an input is {}, need strings or integers", name_of(x.dtype)));
    VIVACE_CHECK_OK(require_dims(kName, "an input", x, dims));
    for (std::size_t axis = 0; axis < dims.size(); ++axis) dims[axis] = more_known(dims[axis], x.dims[axis]);
  }
  return inferred(kName, {Fact::tensor(DType::i64, std::move(dims))});
}

Cost CrossHash::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(20 * static_cast<double>(inputs.size()) * elements_of(outputs[0]), inputs, outputs);
}

Status CrossHash::compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                          std::int64_t begin, std::int64_t end) const {
  constexpr std::uint64_t kSeed = 0xdecafcaffe;  // TensorFlow's own
  for (std::int64_t i = begin; i < end; ++i) {
    std::uint64_t hash = kSeed;
    for (const TensorView& x : inputs)
      hash =
          fingerprint_cat64(hash, x.dtype == DType::string ? fingerprint64(x.as<StringView>()[i])
                                                           : static_cast<std::uint64_t>(load_integer(x, i)));
    outputs[0].as<std::int64_t>()[i] = static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(buckets));
  }
  return {};
}

Status CrossHash::evaluate(std::span<const TensorView> inputs,
                           std::span<const MutableTensorView> outputs) const {
  return compute(inputs, outputs, 0, outputs[0].count());
}

}  // namespace vivace
