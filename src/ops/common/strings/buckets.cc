#include "ops/common/strings/buckets.h"

#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {

Status require_buckets(std::string_view op, const Buckets& buckets, std::int64_t least, bool strings) {
  VIVACE_CHECK_OK(require_number(op, "buckets", buckets.count, least, kMostBuckets));
  if (strings && buckets.hash == Buckets::Hash::modulo)
    return attribute_error(op, "strings have no remainder: the hash must be another one");
  return {};
}

}  // namespace vivace
