// A vocabulary arranged for looking up: made once when a model is prepared, kept in its pool and its .viv
// file.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "ops/common/strings/pieces.h"
#include "ops/common/strings/vocabulary.h"

namespace vivace::cpu {

/// A hash that is fed byte by byte, so that a key need not lie in one place: FNV-1a, its bits well mixed at
/// the end. Keys that collide cost a comparison more, no matter how many they are.
class KeyHash {
 public:
  void take(unsigned char c) { state_ = (state_ ^ c) * 0x100000001b3; }
  std::uint64_t finish() const {
    std::uint64_t x = state_ ^ (state_ >> 32);
    x *= 0xd6e8feb86659fd93;
    return x ^ (x >> 32);
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325;
};

/// The ways to look at a key: its hash, and how it compares with an entry.
struct TextKey {
  std::string_view text;
  std::uint64_t hash() const {
    KeyHash hash;
    for (const char c : text) hash.take(static_cast<unsigned char>(c));
    return hash.finish();
  }
  std::strong_ordering compare(std::string_view entry) const { return text <=> entry; }
};
struct GramKey {
  const Gram& gram;
  std::uint64_t hash() const {
    KeyHash hash;
    gram.for_each_byte([&](unsigned char c) { hash.take(c); });
    return hash.finish();
  }
  std::strong_ordering compare(std::string_view entry) const;
};
struct IntegerKey {
  std::int64_t number;
  std::uint64_t hash() const {
    KeyHash hash;
    for (int i = 0; i < 64; i += 8)
      hash.take(static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> i));
    return hash.finish();
  }
  std::strong_ordering compare(std::int64_t entry) const { return number <=> entry; }
};

/// The keys that an integer lookup knows.
struct IntegerKeys {
  const std::int64_t* keys = nullptr;
  std::int64_t size = 0;
  std::int64_t count() const { return size; }
  std::int64_t operator[](std::int64_t i) const { return keys[i]; }
};

/// Entries sorted by hash, then by key, then by place, with an index by the hash's highest bits: a look takes
/// a step or two, and never more than a binary search however its keys were chosen. The bytes may come from a
/// file: places are checked before they are used, and a wrong table can but miss.
class KeyTable {
 public:
  KeyTable(const std::byte* bytes, std::int64_t entries)
      : entries_(static_cast<std::uint64_t>(entries)), bits_(bits_of(entries)), bytes_(bytes) {}

  static std::size_t bytes_for(std::int64_t entries) {
    const auto n = static_cast<std::uint64_t>(entries);
    return n * (sizeof(std::uint64_t) + sizeof(std::uint32_t)) +
           ((std::uint64_t{1} << bits_of(entries)) + 1) * sizeof(std::uint32_t);
  }

  /// Fills `into`, of bytes_for(keys.count()). key_of(entry) is the entry as a key.
  template <class Keys, class KeyOf>
  static void build(const Keys& keys, KeyOf key_of, std::byte* into);

  /// The key's place, or -1.
  template <class Key, class Keys>
  std::int64_t find(const Key& key, const Keys& keys) const {
    const std::uint64_t hash = key.hash(), bucket = hash >> (64 - bits_);
    std::uint64_t low = std::min(entries_, start(bucket)), high = std::min(entries_, start(bucket + 1));
    std::int64_t found = -1;
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      std::strong_ordering order = hash <=> this->hash(middle);
      if (order == 0) {
        const std::uint64_t place = this->place(middle);
        if (place >= entries_) return -1;
        order = key.compare(keys[static_cast<std::int64_t>(place)]);
        if (order == 0) found = static_cast<std::int64_t>(place);
      }
      if (order <= 0)  // of equal entries the first
        high = middle;
      else
        low = middle + 1;
    }
    return found;
  }

 private:
  static int bits_of(std::int64_t entries) {
    return std::max(1, static_cast<int>(std::bit_width(static_cast<std::uint64_t>(entries))));
  }
  std::uint64_t hash(std::uint64_t i) const { return load_le<std::uint64_t>(bytes_ + i * 8); }
  std::uint64_t place(std::uint64_t i) const { return load_le<std::uint32_t>(bytes_ + entries_ * 8 + i * 4); }
  std::uint64_t start(std::uint64_t bucket) const {
    return load_le<std::uint32_t>(bytes_ + entries_ * 12 + bucket * 4);
  }

  std::uint64_t entries_;
  int bits_;
  const std::byte* bytes_;
};

}  // namespace vivace::cpu
