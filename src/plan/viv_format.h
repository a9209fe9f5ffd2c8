// The fixed parts of a .viv file, shared by its writer and its reader.
#pragma once

#include <cstdint>

namespace vivace::viv {

inline constexpr char kMagic[8] = {'V', 'I', 'V', 'A', 'C', 'E', '\r', '\n'};
inline constexpr std::uint32_t kVersion = 3;
inline constexpr std::uint32_t kLittleEndian = 0x01020304;
inline constexpr std::uint64_t kDataAlignment = 64;

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t endian;
  std::uint64_t file_bytes;
  std::uint64_t record_bytes;  // the records follow the header
  std::uint64_t record_hash;
  std::uint64_t data_offset;  // a multiple of kDataAlignment
  std::uint64_t data_hash;
  std::uint64_t reserved;  // zero
};
static_assert(sizeof(Header) == 64);

/// Marks an absent value id and a value without a constant.
inline constexpr std::uint32_t kNone = 0xffffffffu;

}  // namespace vivace::viv
