#include "ops/strings/pick.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"
#include "ops/common/strings/vocabulary.h"

namespace vivace {

Result<std::vector<Fact>> Pick::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 3));
  const Fact &x = inputs[0], &list = inputs[1];
  if (!is_integer(x.dtype))
    return dtype_error(kName, text("the numbers are {}, need an integer type", name_of(x.dtype)));
  VIVACE_CHECK_OK(require_rank(kName, "the list", list, 1, 1));
  const bool strings = given(inputs, 2);
  if (strings) VIVACE_CHECK_OK(require_vocabulary(kName, list, inputs[2]));
  const Dim entries = strings ? inputs[2].dims[0] - Dim(1) : list.dims[0];
  if (!entries.known()) return shape_error(kName, "the list has no known length");
  VIVACE_CHECK_OK(require_number(kName, "otherwise", otherwise, 0, entries.number() - 1));
  return inferred(kName, {Fact::tensor(strings ? DType::string : list.dtype, x.dims)});
}

Cost Pick::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  Cost cost = cost_of(0, inputs.first(1), outputs);
  cost.bytes_read += cost.bytes_written;
  return cost;
}

Status Pick::compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                     std::int64_t begin, std::int64_t end) const {
  const TensorView &x = inputs[0], &list = inputs[1];
  const bool strings = outputs[0].dtype == DType::string;
  const Vocabulary vocabulary = strings ? Vocabulary(list, inputs[2]) : Vocabulary();
  const std::int64_t entries = strings ? vocabulary.count() : list.count();
  const std::size_t size = size_of(outputs[0].dtype);
  for (std::int64_t i = begin; i < end; ++i) {
    std::int64_t place = load_integer(x, i);
    if (place < 0 || place >= entries) place = otherwise;
    if (strings)
      outputs[0].as<StringView>()[i] = vocabulary[place];
    else
      std::memcpy(outputs[0].as<std::byte>() + static_cast<std::size_t>(i) * size,
                  list.as<std::byte>() + static_cast<std::size_t>(place) * size, size);
  }
  return {};
}

Status Pick::evaluate(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const {
  return compute(inputs, outputs, 0, outputs[0].count());
}

}  // namespace vivace
