#include "ops/strings/vectorize_text.h"

#include <cstring>
#include <map>
#include <string>

#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {

TextRow::TextRow(const VectorizeText& op, const MutableTensorView& y, std::int64_t row, std::int64_t places)
    : op_(op), y_(y), places_(places), first_(row * places) {
  const std::size_t bytes = static_cast<std::size_t>(places) * size_of(y.dtype);
  if (bytes != 0) std::memset(y.as<std::byte>() + static_cast<std::size_t>(row) * bytes, 0, bytes);
}

bool TextRow::put(std::int64_t number) {
  if (op_.mode == VectorizeText::Mode::ids) {
    if (taken_ < places_) y_.as<std::int64_t>()[first_ + taken_++] = number;
    return taken_ < places_;
  }
  if (number < 0 || number >= places_) return true;
  const bool counts = op_.mode == VectorizeText::Mode::counts;
  store(y_, first_ + number, counts ? load(y_, first_ + number) + 1 : 1);
  return true;
}

Result<std::vector<Fact>> VectorizeText::infer(std::span<const Fact> inputs) const {
  VIVACE_CHECK_OK(require_inputs(kName, inputs, 3, 4, Strings::taken));
  const Fact& x = inputs[0];
  VIVACE_CHECK_OK(require_dtype(kName, "the input", x, DType::string));
  VIVACE_CHECK_OK(require_vocabulary(kName, inputs[1], inputs[2]));
  VIVACE_CHECK_OK(require_numbering(kName, numbering, true));
  if (numbering.unknown.count != 1)
    return attribute_error(kName, "words that are not in the vocabulary need one number");
  VIVACE_CHECK_OK(require_number(kName, "size", size, 0));
  VIVACE_CHECK_OK(require_type(kName, "result", result));
  for (const std::int64_t width : grams)
    VIVACE_CHECK_OK(require_number(kName, "grams", width, 1, kWidestGram));
  VIVACE_CHECK_OK(require_number(kName, "grams", static_cast<std::int64_t>(grams.size()), 0, kWidestGram));
  Dims dims = x.dims;
  dims.emplace_back(size);
  if (given(inputs, 3)) {
    VIVACE_CHECK_OK(require_dtype(kName, "the places", inputs[3], DType::boolean));
    VIVACE_CHECK_OK(require_rank(kName, "the places", inputs[3], 1, 1));
    if (mode != Mode::ids || size != 0)
      return attribute_error(kName, "it is told twice how many places a row has");
    dims.back() = inputs[3].dims[0];
  }
  return inferred(kName, {Fact::tensor(mode == Mode::ids ? DType::i64 : result, std::move(dims))});
}

// How long the texts are is not known before a run: as much as a sentence each.
Cost VectorizeText::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  constexpr double kBytes = 100, kOperationsEach = 10;
  return cost_of(kOperationsEach * kBytes * elements_of(inputs[0]), inputs.first(1), outputs);
}

Status VectorizeText::evaluate(std::span<const TensorView> inputs,
                               std::span<const MutableTensorView> outputs) const {
  const Vocabulary vocabulary(inputs[1], inputs[2]);
  std::map<std::string_view, std::int64_t> places;
  for (std::int64_t i = 0; i < vocabulary.count(); ++i) places.emplace(vocabulary[i], i);
  const auto find = [&](const Gram& gram, std::int64_t& number) {
    std::string key;
    gram.for_each_byte([&](unsigned char c) { key += static_cast<char>(c); });
    const auto found = places.find(key);
    return numbering.number(std::string_view(key), found == places.end() ? -1 : found->second, number);
  };
  for (std::int64_t row = 0; row < inputs[0].count(); ++row)
    (void)write_row(inputs[0].as<StringView>()[row], find, outputs[0], row, outputs[0].dims.back());
  return {};
}

std::int64_t VectorizeText::length(std::string_view text) const {
  std::int64_t count = 0;
  for_each(text, [&](const Gram&) { return ++count < kMaxAttribute; });
  return count;
}

}  // namespace vivace
