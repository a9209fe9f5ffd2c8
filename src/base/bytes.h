// Reading numbers out of untrusted bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace vivace {

using Bytes = std::span<const std::byte>;

/// The little-endian number at `p`, however it is aligned. Requires sizeof(T) readable bytes.
template <class T>
T load_le(const std::byte* p) {
  static_assert(std::is_trivially_copyable_v<T> && std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace vivace
