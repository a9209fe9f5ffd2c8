// A fast 64-bit hash against accidents, not against attackers.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vivace {

/// Folds 8 bytes at a time by a 64x64 -> 128-bit product; about 4 bytes a cycle. Stable: part of the .viv
/// format. Takes bytes that come in pieces; the pieces' borders do not matter.
class Hasher {
 public:
  /// `size`: how many bytes will come in all.
  explicit Hasher(std::uint64_t size, std::uint64_t seed = 0) : state_(seed ^ fold(size + kOdd2, kOdd1)) {}

  void add(Bytes bytes) {
    std::size_t i = 0;
    for (; held_ != 0 && i < bytes.size(); ++i) hold(bytes[i]);
    for (; i + 8 <= bytes.size(); i += 8)
      state_ = fold(state_ ^ load_le<std::uint64_t>(bytes.data() + i), kOdd1);
    for (; i < bytes.size(); ++i) hold(bytes[i]);
  }
  std::uint64_t finish() const { return fold(state_ ^ tail_ ^ kOdd2, kOdd1); }

 private:
  static constexpr std::uint64_t kOdd1 = 0x9e3779b97f4a7c15u;  // 2^64 / golden ratio
  static constexpr std::uint64_t kOdd2 = 0xd1b54a32d192ed03u;

  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  void hold(std::byte byte) {
    tail_ |= static_cast<std::uint64_t>(byte) << (8 * held_);
    if (++held_ < 8) return;
    state_ = fold(state_ ^ tail_, kOdd1);
    tail_ = 0;
    held_ = 0;
  }

  std::uint64_t state_;
  std::uint64_t tail_ = 0;  // the bytes of an unfinished word
  int held_ = 0;            // how many those are
};

inline std::uint64_t hash_bytes(Bytes bytes, std::uint64_t seed = 0) {
  Hasher hasher(bytes.size(), seed);
  hasher.add(bytes);
  return hasher.finish();
}

}  // namespace vivace
