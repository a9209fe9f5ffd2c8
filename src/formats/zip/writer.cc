// Writes zip archives of stored members.
#include "formats/zip/writer.h"

#include <zlib.h>

#include <utility>

namespace vivace {
namespace {

constexpr std::uint64_t kNarrow = 0xffffffff;
constexpr std::uint16_t kUtf8 = 1u << 11;
constexpr std::uint16_t kMidnight1980 = 0x21;  // the format's first day, so equal content makes equal files

template <class T>
void put(std::vector<std::byte>& out, T value) {
  const auto* p = reinterpret_cast<const std::byte*>(&value);
  out.insert(out.end(), p, p + sizeof value);
}

void put(std::vector<std::byte>& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

std::uint32_t narrow(std::uint64_t value) {
  return static_cast<std::uint32_t>(value < kNarrow ? value : kNarrow);
}

/// The fields that local and central headers share, from "version needed" to "name length".
void put_common(std::vector<std::byte>& out, std::uint64_t size, std::uint32_t crc, std::size_t name_length) {
  put<std::uint16_t>(out, 45);
  put<std::uint16_t>(out, kUtf8);
  put<std::uint16_t>(out, 0);  // stored
  put<std::uint16_t>(out, 0);  // time
  put<std::uint16_t>(out, kMidnight1980);
  put<std::uint32_t>(out, crc);
  put<std::uint32_t>(out, narrow(size));
  put<std::uint32_t>(out, narrow(size));
  put<std::uint16_t>(out, static_cast<std::uint16_t>(name_length));
}

}  // namespace

void ZipWriter::add(const std::string& name, Bytes data, std::size_t alignment) {
  const auto crc = static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const unsigned char*>(data.data()), data.size()));
  const std::uint64_t offset = bytes_.size();
  const bool wide = data.size() >= kNarrow;
  const std::size_t fixed = 30 + name.size() + (wide ? 20 : 0);
  // Padding travels in an extra field of its own, whose header takes four bytes.
  std::size_t padding = (alignment - (offset + fixed) % alignment) % alignment;
  while (padding != 0 && padding < 4) padding += alignment;
  put<std::uint32_t>(bytes_, 0x04034b50);
  put_common(bytes_, data.size(), crc, name.size());
  put<std::uint16_t>(bytes_, static_cast<std::uint16_t>((wide ? 20 : 0) + padding));
  put(bytes_, as_bytes(name));
  if (wide) {
    put<std::uint16_t>(bytes_, 1);
    put<std::uint16_t>(bytes_, 16);
    put<std::uint64_t>(bytes_, data.size());
    put<std::uint64_t>(bytes_, data.size());
  }
  if (padding != 0) {
    put<std::uint16_t>(bytes_, 0xd935);  // the id that zipalign uses for the same purpose
    put<std::uint16_t>(bytes_, static_cast<std::uint16_t>(padding - 4));
    bytes_.resize(bytes_.size() + padding - 4);
  }
  put(bytes_, data);
  entries_.push_back({name, data.size(), offset, crc});
}

std::vector<std::byte> ZipWriter::finish() {
  const std::uint64_t directory = bytes_.size();
  for (const Entry& entry : entries_) {
    const bool wide_size = entry.size >= kNarrow, wide_offset = entry.offset >= kNarrow;
    const int extra = (wide_size ? 16 : 0) + (wide_offset ? 8 : 0);
    put<std::uint32_t>(bytes_, 0x02014b50);
    put<std::uint16_t>(bytes_, 45);
    put_common(bytes_, entry.size, entry.crc32, entry.name.size());
    put<std::uint16_t>(bytes_, static_cast<std::uint16_t>(extra == 0 ? 0 : extra + 4));
    put<std::uint16_t>(bytes_, 0);  // comment
    put<std::uint16_t>(bytes_, 0);  // disk
    put<std::uint16_t>(bytes_, 0);  // internal attributes
    put<std::uint32_t>(bytes_, 0);  // external attributes
    put<std::uint32_t>(bytes_, narrow(entry.offset));
    put(bytes_, as_bytes(entry.name));
    if (extra == 0) continue;
    put<std::uint16_t>(bytes_, 1);
    put<std::uint16_t>(bytes_, static_cast<std::uint16_t>(extra));
    if (wide_size) put<std::uint64_t>(bytes_, entry.size), put<std::uint64_t>(bytes_, entry.size);
    if (wide_offset) put<std::uint64_t>(bytes_, entry.offset);
  }
  const std::uint64_t size = bytes_.size() - directory, end = bytes_.size(), count = entries_.size();
  if (directory >= kNarrow || size >= kNarrow || count >= 0xffff) {
    put<std::uint32_t>(bytes_, 0x06064b50);
    put<std::uint64_t>(bytes_, 44);
    put<std::uint32_t>(bytes_, 45u << 16 | 45u);  // made by, needed
    put<std::uint64_t>(bytes_, 0);                // this disk, the directory's disk
    put<std::uint64_t>(bytes_, count);
    put<std::uint64_t>(bytes_, count);
    put<std::uint64_t>(bytes_, size);
    put<std::uint64_t>(bytes_, directory);
    put<std::uint32_t>(bytes_, 0x07064b50);
    put<std::uint32_t>(bytes_, 0);
    put<std::uint64_t>(bytes_, end);
    put<std::uint32_t>(bytes_, 1);
  }
  const auto members = static_cast<std::uint16_t>(count < 0xffff ? count : 0xffff);
  put<std::uint32_t>(bytes_, 0x06054b50);
  put<std::uint32_t>(bytes_, 0);
  put<std::uint16_t>(bytes_, members);
  put<std::uint16_t>(bytes_, members);
  put<std::uint32_t>(bytes_, narrow(size));
  put<std::uint32_t>(bytes_, narrow(directory));
  put<std::uint16_t>(bytes_, 0);
  entries_.clear();
  return std::exchange(bytes_, {});
}

}  // namespace vivace
