// Hashing into buckets, as TensorFlow does it.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

#include "base/fingerprint.h"
#include "graph/attribute.h"
#include "vivace/result.h"

namespace vivace {

/// What a number is to a string hash: its decimal digits, as tf.strings.as_string writes them.
class Decimal {
 public:
  explicit Decimal(std::int64_t number)
      : size_(static_cast<std::size_t>(std::to_chars(digits_, digits_ + sizeof digits_, number).ptr -
                                       digits_)) {}
  operator std::string_view() const { return {digits_, size_}; }

 private:
  char digits_[24];
  std::size_t size_;
};

/// A hash and the number of buckets it is taken modulo. Numbers are hashed by their decimal text, or, under
/// `modulo`, are taken as they are (the result is never negative).
struct Buckets {
  enum class Hash : std::uint32_t { modulo, farmhash, siphash };
  static constexpr std::string_view kHashes[] = {"modulo", "farmhash", "siphash"};

  std::int64_t count = 0;  // 0: there are none
  Hash hash = Hash::farmhash;
  std::int64_t key0 = 0, key1 = 0;  // of siphash

  void attributes(AttributeVisitor& v) {
    v("buckets", count);
    visit_enum(v, "hash", hash, kHashes);
    v("key0", key0);
    v("key1", key1);
  }
  /// Requires count > 0, and no modulo for strings.
  std::int64_t of(std::string_view text) const {
    const std::uint64_t bits = hash == Hash::siphash ? siphash64(static_cast<std::uint64_t>(key0),
                                                                 static_cast<std::uint64_t>(key1), text)
                                                     : fingerprint64(text);
    return static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(count));
  }
  std::int64_t of(std::int64_t number) const {
    if (hash != Hash::modulo) return of(std::string_view(Decimal(number)));
    const std::int64_t rest = number % count;
    return rest < 0 ? rest + count : rest;
  }
};

inline constexpr std::int64_t kMostBuckets = 0x7fffffffffffffff;

/// infer()'s check: `least` or more buckets; for strings a hash that knows them. op.attribute
Status require_buckets(std::string_view op, const Buckets& buckets, std::int64_t least, bool strings);

}  // namespace vivace
