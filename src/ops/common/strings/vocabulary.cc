#include "ops/common/strings/vocabulary.h"

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Status require_vocabulary(std::string_view op, const Fact& bytes, const Fact& offsets) {
  VIVACE_CHECK_OK(require_dtype(op, "the vocabulary's text", bytes, DType::u8));
  VIVACE_CHECK_OK(require_dtype(op, "the vocabulary's offsets", offsets, DType::i64));
  VIVACE_CHECK_OK(require_rank(op, "the vocabulary's text", bytes, 1, 1));
  VIVACE_CHECK_OK(require_rank(op, "the vocabulary's offsets", offsets, 1, 1));
  if (!bytes.constant || !offsets.constant)
    return inputs_error(op, "the vocabulary is computed, must be a constant");
  const TensorView& places = *offsets.constant;
  const std::int64_t size = bytes.constant->count(), count = places.count();
  if (count < 1 || count - 1 > kMostEntries)
    return shape_error(op, text("a vocabulary of {} offsets", count));
  if (places.data == nullptr) return {};
  std::int64_t before = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t place = places.as<std::int64_t>()[i];
    if (place < before || place > size)
      return shape_error(op,
                         text("offset {} of the vocabulary is {}, must be {} to {}", i, place, before, size));
    before = place;
  }
  return {};
}

}  // namespace vivace
