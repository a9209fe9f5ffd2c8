// A fast 64-bit hash against accidents, not against attackers.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vivace {

/// Folds 8 bytes at a time by a 64x64 -> 128-bit product; about 4 bytes a cycle. Stable: part of the .viv
/// format.
inline std::uint64_t hash_bytes(Bytes bytes, std::uint64_t seed = 0) {
  constexpr std::uint64_t kOdd1 = 0x9e3779b97f4a7c15u;  // 2^64 / golden ratio
  constexpr std::uint64_t kOdd2 = 0xd1b54a32d192ed03u;
  const auto fold = [](std::uint64_t a, std::uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  std::uint64_t state = seed ^ fold(bytes.size() + kOdd2, kOdd1);
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) state = fold(state ^ load_le<std::uint64_t>(bytes.data() + i), kOdd1);
  std::uint64_t tail = 0;
  for (std::size_t shift = 0; i < bytes.size(); ++i, shift += 8)
    tail |= static_cast<std::uint64_t>(bytes[i]) << shift;
  return fold(state ^ tail ^ kOdd2, kOdd1);
}

}  // namespace vivace
