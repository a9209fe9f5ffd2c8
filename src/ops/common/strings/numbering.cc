#include "ops/common/strings/numbering.h"

#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Status require_numbering(std::string_view op, const Numbering& numbering, bool strings) {
  VIVACE_CHECK_OK(require_number(op, "first", numbering.first, 0));
  VIVACE_CHECK_OK(require_number(op, "unknown_first", numbering.unknown_first, 0));
  VIVACE_CHECK_OK(require_number(op, "buckets", numbering.unknown.count, 0));
  return require_buckets(op, numbering.unknown, 0, strings && numbering.unknown.count > 1);
}

Error unknown_key(std::string_view op, std::string_view key) {
  constexpr std::size_t kShown = 60;
  return Error("op.vocabulary",
               text("{}: \"{}\" is not in the vocabulary", op, cleaned_utf8(key.substr(0, kShown))))
      .why("the layer has no number for unknown values: num_oov_indices=0")
      .fix("give values of the vocabulary, or save the layer with num_oov_indices=1");
}

}  // namespace vivace
