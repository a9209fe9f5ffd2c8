#include "ops/strings/lookup.h"

#include <map>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/elements/integers.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// The numbers of all keys by a map, which the caller fills and asks with its own kind of key.
template <class Key, class At>
Status number_all(const Numbering& numbering, const std::map<Key, std::int64_t>& places, At key_at,
                  const MutableTensorView& y) {
  for (std::int64_t i = 0; i < y.count(); ++i) {
    const Key key = key_at(i);
    const auto found = places.find(key);
    if (numbering.number(key, found == places.end() ? -1 : found->second, y.as<std::int64_t>()[i])) continue;
    if constexpr (std::is_same_v<Key, std::int64_t>)
      return unknown_key(Lookup::kName, Decimal(key));
    else
      return unknown_key(Lookup::kName, key);
  }
  return {};
}

}  // namespace

Result<std::vector<Fact>> Lookup::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 2, 3, Strings::taken));
  const Fact& x = inputs[0];
  const bool strings = x.dtype == DType::string;
  VIVACE_CHECK_OK(require_numbering(kName, numbering, strings));
  if (strings != given(inputs, 2))
    return inputs_error(kName, "strings need a vocabulary's bytes and offsets, integers a list of keys");
  if (strings) {
    VIVACE_CHECK_OK(require_vocabulary(kName, inputs[1], inputs[2]));
  } else {
    if (!is_integer(x.dtype))
      return dtype_error(kName, text("the keys are {}, need strings or integers", name_of(x.dtype)));
    VIVACE_CHECK_OK(require_dtype(kName, "the vocabulary", inputs[1], DType::i64));
    VIVACE_CHECK_OK(require_rank(kName, "the vocabulary", inputs[1], 1, 1));
    if (!inputs[1].constant) return inputs_error(kName, "the vocabulary is computed, must be a constant");
    if (inputs[1].constant->count() > kMostEntries) return shape_error(kName, "the vocabulary is too long");
  }
  return inferred(kName, {Fact::tensor(DType::i64, x.dims)});
}

Cost Lookup::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(10 * elements_of(outputs[0]), inputs.first(1), outputs);
}

Status Lookup::evaluate(std::span<const TensorView> inputs,
                        std::span<const MutableTensorView> outputs) const {
  const TensorView& x = inputs[0];
  if (x.dtype == DType::string) {
    const Vocabulary vocabulary(inputs[1], inputs[2]);
    std::map<std::string_view, std::int64_t> places;
    for (std::int64_t i = 0; i < vocabulary.count(); ++i) places.emplace(vocabulary[i], i);
    return number_all(
        numbering, places, [&](std::int64_t i) -> std::string_view { return x.as<StringView>()[i]; },
        outputs[0]);
  }
  std::map<std::int64_t, std::int64_t> places;
  for (std::int64_t i = 0; i < inputs[1].count(); ++i) places.emplace(inputs[1].as<std::int64_t>()[i], i);
  return number_all(
      numbering, places, [&](std::int64_t i) { return load_integer(x, i); }, outputs[0]);
}

}  // namespace vivace
