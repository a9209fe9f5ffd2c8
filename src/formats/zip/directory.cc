// The central directory of a zip archive and the local headers it points to.
#include "formats/zip/directory.h"

#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace vivace::zip {
namespace {

constexpr std::uint32_t kCentral = 0x02014b50, kLocal = 0x04034b50, kDescriptor = 0x08074b50;
constexpr std::size_t kCentralBytes = 46, kLocalBytes = 30;
constexpr std::uint16_t kEncrypted = 1u << 0 | 1u << 6 | 1u << 13, kPatched = 1u << 5,
                        kHasDescriptor = 1u << 3;
constexpr std::uint16_t kStored = 0, kDeflated = 8;

/// The largest size a deflated member may claim. Deflate cannot exceed 1032 to 1, real weights stay below
/// 100.
std::uint64_t expansion_limit(std::uint64_t compressed) {
  constexpr std::uint64_t kFree = std::uint64_t{64} << 20, kGenerous = std::uint64_t{256} << 20;
  return std::max(kFree, std::min(1000 * compressed, std::max(kGenerous, 100 * compressed)));
}

/// What is wrong with a member's name, or "".
std::string_view name_fault(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.find('\0') != std::string_view::npos) return "it holds a zero byte";
  if (name.find('\\') != std::string_view::npos) return "it holds a backslash";
  if (name.front() == '/' || (name.size() > 1 && name[1] == ':')) return "it is absolute";
  for (const std::string_view part : split(name, '/'))
    if (part == "..") return "it climbs out of its folder";
  return {};
}

struct Entry {
  ZipMember member;
  std::uint16_t flags = 0, method = 0, disk = 0;
  std::uint32_t attributes = 0;
};

Status check_entry(const Entry& entry, const std::string& archive, std::uint64_t at) {
  const ZipMember& member = entry.member;
  const auto refuse = [&](std::string kind, std::string what) {
    return error_at(archive, at, std::move(kind), text("member \"{}\" {}", member.name, what));
  };
  if (const auto fault = name_fault(member.name); !fault.empty())
    return refuse("name", "has a name that is refused").why(std::string(fault));
  if (entry.flags & kEncrypted)
    return refuse("encrypted", "is encrypted")
        .fix("unpack it with its password and pack it again without one");
  if ((entry.attributes >> 28) == 0xa) return refuse("symlink", "is a symbolic link");
  if ((entry.method != kStored && entry.method != kDeflated) || (entry.flags & kPatched))
    return refuse("method", text("is packed by method {}, only stored and deflated are read", entry.method))
        .fix("unpack the archive and pack it again with zip");
  if (entry.disk != 0) return refuse("split", "lies in another part of a split archive");
  if (!member.deflated && member.size != member.compressed_size)
    return refuse("directory",
                  text("is stored, yet {} bytes are said to be {}", member.compressed_size, member.size));
  if (member.is_folder() && member.size != 0) return refuse("directory", "is a folder with content");
  if (member.deflated && member.size > expansion_limit(member.compressed_size))
    return refuse("bomb", text("claims to grow from {} to {} bytes", member.compressed_size, member.size))
        .why("no honest file shrinks that much")
        .fix("store the member instead of deflating it, if its size is real");
  return {};
}

Result<Entry> read_entry(Bytes entry_bytes, const std::string& archive, std::uint64_t at) {
  const std::byte* p = entry_bytes.data();
  if (entry_bytes.size() < kCentralBytes || load_le<std::uint32_t>(p) != kCentral)
    return error_at(archive, at, "directory", "a directory entry is missing or cut short");
  const std::size_t name = load_le<std::uint16_t>(p + 28), extra = load_le<std::uint16_t>(p + 30),
                    comment = load_le<std::uint16_t>(p + 32);
  if (kCentralBytes + name + extra + comment > entry_bytes.size())
    return error_at(archive, at, "directory", "a directory entry is longer than the directory");
  Entry entry;
  entry.flags = load_le<std::uint16_t>(p + 8);
  entry.method = load_le<std::uint16_t>(p + 10);
  entry.disk = load_le<std::uint16_t>(p + 34);
  entry.attributes = load_le<std::uint32_t>(p + 38);
  ZipMember& member = entry.member;
  member.name = as_text(entry_bytes.subspan(kCentralBytes, name));
  member.deflated = entry.method == kDeflated;
  member.crc32 = load_le<std::uint32_t>(p + 16);
  member.compressed_size = load_le<std::uint32_t>(p + 20);
  member.size = load_le<std::uint32_t>(p + 24);
  member.header_offset = load_le<std::uint32_t>(p + 42);
  Zip64Extra wide(entry_bytes.subspan(kCentralBytes + name, extra));
  if (!wide.widen(member.size) || !wide.widen(member.compressed_size) || !wide.widen(member.header_offset))
    return error_at(archive, at, "directory", "a zip64 field is missing");
  return entry;
}

/// Whether `at` holds a descriptor of the member, in one of its four forms; its length then, else 0.
std::size_t descriptor_length(Bytes archive, std::uint64_t at, std::uint64_t end, const ZipMember& member) {
  for (const std::size_t signature : {4, 0})
    for (const std::size_t width : {4, 8}) {
      const std::size_t length = signature + 4 + 2 * width;
      if (!fits(at, length, end)) continue;
      const std::byte* p = archive.data() + at;
      if (signature != 0 && load_le<std::uint32_t>(p) != kDescriptor) continue;
      p += signature;
      const auto size_at = [&](const std::byte* q) {
        return width == 8 ? load_le<std::uint64_t>(q) : load_le<std::uint32_t>(q);
      };
      if (load_le<std::uint32_t>(p) == member.crc32 && size_at(p + 4) == member.compressed_size &&
          size_at(p + 4 + width) == member.size)
        return length;
    }
  return 0;
}

/// Checks one local header, sets data_offset, returns where the member ends (descriptor included).
Result<std::uint64_t> match_local_header(Bytes archive, std::uint64_t limit, const std::string& name,
                                         ZipMember& member) {
  const std::uint64_t at = member.header_offset;
  const auto mismatch = [&](std::string_view field) {
    return error_at(
               name, at, "mismatch",
               text("the local header of member \"{}\" disagrees with the directory: {}", member.name, field))
        .why("the archive is damaged, or made to look different to different readers")
        .fix("download or save the file again");
  };
  if (!fits(at, kLocalBytes, limit)) return mismatch("it lies outside the archive");
  const std::byte* p = archive.data() + at;
  if (load_le<std::uint32_t>(p) != kLocal) return mismatch("there is no header");
  const std::size_t name_length = load_le<std::uint16_t>(p + 26), extra = load_le<std::uint16_t>(p + 28);
  const auto flags = load_le<std::uint16_t>(p + 6);
  if (!fits(at + kLocalBytes, name_length + extra, limit)) return mismatch("it is cut short");
  if (as_text(archive.subspan(at + kLocalBytes, name_length)) != member.name) return mismatch("another name");
  if ((flags & (kEncrypted | kPatched)) != 0)
    return mismatch("it says that the data are encrypted or patched");
  if (load_le<std::uint16_t>(p + 8) != (member.deflated ? kDeflated : kStored))
    return mismatch("another method");

  std::uint64_t compressed = load_le<std::uint32_t>(p + 18), size = load_le<std::uint32_t>(p + 22);
  Zip64Extra wide(archive.subspan(at + kLocalBytes + name_length, extra));
  if (!wide.widen(size) || !wide.widen(compressed)) return mismatch("a zip64 field is missing");
  member.data_offset = at + kLocalBytes + name_length + extra;
  if (!fits(member.data_offset, member.compressed_size, limit)) return mismatch("its data leave the archive");
  const std::uint64_t end = member.data_offset + member.compressed_size;

  const auto crc = load_le<std::uint32_t>(p + 14);
  const bool same = crc == member.crc32 && compressed == member.compressed_size && size == member.size;
  if ((flags & kHasDescriptor) == 0) {
    if (!same) return mismatch("another size or checksum");
    return end;
  }
  if (!same && (crc != 0 || compressed != 0 || size != 0)) return mismatch("another size or checksum");
  const std::size_t descriptor = descriptor_length(archive, end, limit, member);
  if (descriptor == 0) return mismatch("the data descriptor is missing or says something else");
  return end + descriptor;
}

}  // namespace

Zip64Extra::Zip64Extra(Bytes extra) {
  while (extra.size() >= 4) {
    const std::size_t length = load_le<std::uint16_t>(extra.data() + 2);
    if (length > extra.size() - 4) return;
    if (load_le<std::uint16_t>(extra.data()) == 1) {
      fields_ = extra.subspan(4, length);
      return;
    }
    extra = extra.subspan(4 + length);
  }
}

bool Zip64Extra::widen(std::uint64_t& value) {
  if (value != 0xffffffff) return true;
  if (fields_.size() < 8) return false;
  value = load_le<std::uint64_t>(fields_.data());
  fields_ = fields_.subspan(8);
  return true;
}

Result<std::vector<ZipMember>> read_directory(Bytes archive, const Directory& directory,
                                              const std::string& name) {
  Bytes rest = archive.subspan(directory.offset, directory.size);
  if (directory.members > rest.size() / kCentralBytes)
    return error_at(name, directory.offset, "directory",
                    text("{} bytes cannot list {} members", rest.size(), directory.members));
  std::vector<ZipMember> members;
  members.reserve(directory.members);
  for (std::uint64_t i = 0; i < directory.members; ++i) {
    const std::uint64_t at = directory.offset + directory.size - rest.size();
    VIVACE_TRY(Entry entry, read_entry(rest, name, at));
    VIVACE_CHECK_OK(check_entry(entry, name, at));
    const std::byte* p = rest.data();
    rest = rest.subspan(kCentralBytes + load_le<std::uint16_t>(p + 28) + load_le<std::uint16_t>(p + 30) +
                        load_le<std::uint16_t>(p + 32));
    members.push_back(std::move(entry.member));
  }
  if (!rest.empty())
    return error_at(name, directory.offset + directory.size - rest.size(), "directory",
                    text("{} bytes of the directory belong to no member", rest.size()));
  return members;
}

Status match_local_headers(Bytes archive, const Directory& directory, const std::string& name,
                           std::vector<ZipMember>& members) {
  std::vector<std::uint64_t> ends(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    VIVACE_TRY(ends[i], match_local_header(archive, directory.offset, name, members[i]));
  }
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return members[a].header_offset < members[b].header_offset;
  });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const ZipMember& before = members[order[i - 1]];
    const ZipMember& after = members[order[i]];
    if (after.header_offset < ends[order[i - 1]])
      return error_at(name, after.header_offset, "overlap",
                      text("members \"{}\" and \"{}\" overlap", before.name, after.name))
          .why("archives made to fool or flood their reader look like this");
  }
  return {};
}

}  // namespace vivace::zip
