// Keys to buckets by a hash.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/strings/buckets.h"

namespace vivace {

/// y[...] = first + the bucket of x[...], int64; of strings, the mask gets mask_number instead. inputs:
/// strings or integers.
struct HashBucket : OpBase<HashBucket> {
  static constexpr std::string_view kName = "hash_bucket";
  Buckets buckets;
  std::int64_t first = 0;
  bool masked = false;
  std::string mask;
  std::int64_t mask_number = 0;

  void attributes(AttributeVisitor& v) {
    buckets.attributes(v);
    v("first", first);
    v("masked", masked);
    v("mask", mask);
    v("mask_number", mask_number);
  }
  VIVACE_OP_RULES;
  /// Elements [begin, end) of the output, nothing allocated.
  Status compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                 std::int64_t begin, std::int64_t end) const;
};

}  // namespace vivace
