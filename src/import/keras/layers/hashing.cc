// Layers that put values into buckets by their hashes.
#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/layers/categories.h"
#include "import/keras/layers/salt.h"

namespace vivace::keras {
namespace {

// Buckets are numbers of categories only where they are encoded; as numbers there may be any.
std::int64_t bucket_count(Call& call, Encoding encoding) {
  if (encoding != Encoding::numbers) return category_count(call, "num_bins");
  const std::int64_t count = call.config().integer("num_bins");
  if (count < 1) call.config().mistake("num_bins", "a number of 1 or more");
  return count;
}

// Numbers that equal the mask get 0; strings compare while they are hashed.
ValueId masked_numbers(Call& call, ValueId x, ValueId hashed, double mask) {
  const ValueId equal = call.binary(Binary::Kind::equal, x, call.scalar(mask, call.dtype(x)), "is_mask");
  return call.add(Select{}, {equal, call.scalar(0, DType::i64), hashed}, "masked");
}

ValueId hashed(Call& call, ValueId x, std::int64_t bins) {
  const Setting* const given = call.config().find("mask_value");
  const Setting* const mask = bins > 1 ? given : nullptr;
  const bool strings = call.dtype(x) == DType::string;
  HashBucket op;
  op.buckets.count = mask ? bins - 1 : bins;
  op.first = mask ? 1 : 0;
  set_salt(call, op.buckets);
  if (given && (strings ? !given->is(Setting::Kind::text) : !given->is_number()))
    call.config().mistake("mask_value", strings ? "text, as the inputs are" : "a number, as the inputs are");
  if (call.failed()) return kNoValue;
  if (strings && mask) op.masked = true, op.mask = mask->text;
  const ValueId keys = is_float(call.dtype(x)) ? call.cast(x, DType::i64) : x;
  const ValueId y = call.add(op, {keys}, "hash");
  return mask && !strings ? masked_numbers(call, x, y, mask->number) : y;
}

void hashing(Call& call) {
  Encoded how;
  how.encoding = encoding_of(call, "int");
  if (how.encoding == Encoding::tf_idf)
    call.config().mistake("output_mode", "\"int\", \"one_hot\", \"multi_hot\" or \"count\"");
  how.result = category_type(call, how.encoding == Encoding::numbers ? "int64" : "float32");
  const std::int64_t bins = bucket_count(call, how.encoding);
  how.depth = bins;
  if (call.failed()) return;
  call.output(encode(call, hashed(call, call.input(), bins), how));
}

void hashed_crossing(Call& call) {
  Encoded how;
  how.encoding = encoding_of(call, "int");
  if (how.encoding != Encoding::numbers && how.encoding != Encoding::one_hot)
    call.config().mistake("output_mode", "\"int\" or \"one_hot\"");
  how.result = category_type(call, how.encoding == Encoding::numbers ? "int64" : "float32");
  how.depth = bucket_count(call, how.encoding);
  std::vector<ValueId> keys;
  for (std::size_t i = 0; i < call.input_count(); ++i) keys.push_back(call.input(i));
  if (call.failed()) return;
  call.output(encode(call, call.add(with(CrossHash{}, &CrossHash::buckets, how.depth), keys, "cross"), how));
}

constexpr Rule kRules[] = {
    {"Hashing", hashing},
    {"HashedCrossing", hashed_crossing},
};

}  // namespace

std::span<const Rule> hashing_rules() { return kRules; }

}  // namespace vivace::keras
