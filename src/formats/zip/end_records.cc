// The records at a zip archive's end that say where its directory is.
#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/zip/directory.h"

namespace vivace::zip {
namespace {

constexpr std::uint32_t kEnd = 0x06054b50, kEnd64 = 0x06064b50, kLocator64 = 0x07064b50, kLocal = 0x04034b50;
constexpr std::size_t kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20, kMaxComment = 0xffff;

/// The end record is the last one whose comment ends exactly where the file does.
std::optional<std::uint64_t> find_end(Bytes archive) {
  if (archive.size() < kEndBytes) return std::nullopt;
  const std::size_t last = archive.size() - kEndBytes;
  const std::size_t first = last > kMaxComment ? last - kMaxComment : 0;
  for (std::size_t at = last + 1; at-- > first;) {
    const std::byte* record = archive.data() + at;
    if (load_le<std::uint32_t>(record) == kEnd && load_le<std::uint16_t>(record + 20) == last - at) return at;
  }
  return std::nullopt;
}

Error split_archive(const std::string& name, std::uint64_t offset) {
  return error_at(name, offset, "split", "the archive is one part of several")
      .fix("join the parts into one file: zip -s 0 parts.zip --out whole.zip");
}

/// A 32-bit field must equal its 64-bit twin, or be saturated.
bool agrees(std::uint64_t narrow, std::uint64_t saturated, std::uint64_t wide) {
  return narrow == saturated || narrow == wide;
}

Result<Directory> read_end64(Bytes archive, const std::string& name, std::uint64_t locator_at) {
  const std::byte* locator = archive.data() + locator_at;
  const auto record_at = load_le<std::uint64_t>(locator + 8);
  if (load_le<std::uint32_t>(locator + 4) != 0 || load_le<std::uint32_t>(locator + 16) > 1)
    return split_archive(name, locator_at);
  if (!fits(record_at, kEnd64Bytes, locator_at))
    return error_at(name, locator_at, "directory",
                    text("the zip64 record is said to be at byte {}", record_at));
  const std::byte* record = archive.data() + record_at;
  if (load_le<std::uint32_t>(record) != kEnd64 ||
      load_le<std::uint64_t>(record + 4) != locator_at - record_at - 12)
    return error_at(name, record_at, "directory", "there is no zip64 record where the locator says");
  if (load_le<std::uint32_t>(record + 16) != 0 || load_le<std::uint32_t>(record + 20) != 0 ||
      load_le<std::uint64_t>(record + 24) != load_le<std::uint64_t>(record + 32))
    return split_archive(name, record_at);
  const Directory directory{load_le<std::uint64_t>(record + 48), load_le<std::uint64_t>(record + 40),
                            load_le<std::uint64_t>(record + 32)};
  if (!fits(directory.offset, directory.size, record_at) || directory.offset + directory.size != record_at)
    return error_at(name, record_at, "directory", "the directory does not end at its zip64 end record");
  return directory;
}

Result<Directory> read_end(Bytes archive, const std::string& name, std::uint64_t end_at) {
  const std::byte* end = archive.data() + end_at;
  const auto disk = load_le<std::uint16_t>(end + 4), directory_disk = load_le<std::uint16_t>(end + 6);
  const auto here = load_le<std::uint16_t>(end + 8), members = load_le<std::uint16_t>(end + 10);
  const auto size = load_le<std::uint32_t>(end + 12), offset = load_le<std::uint32_t>(end + 16);

  const bool located = end_at >= kLocatorBytes &&
                       load_le<std::uint32_t>(archive.data() + end_at - kLocatorBytes) == kLocator64;
  if (located) {
    VIVACE_TRY(const Directory wide, read_end64(archive, name, end_at - kLocatorBytes));
    if (!agrees(members, 0xffff, wide.members) || !agrees(size, 0xffffffff, wide.size) ||
        !agrees(offset, 0xffffffff, wide.offset))
      return error_at(name, end_at, "directory", "the two end records disagree");
    return wide;
  }
  if (disk != 0 || directory_disk != 0 || here != members) return split_archive(name, end_at);
  if (!fits(offset, size, end_at))
    return error_at(
               name, end_at, "directory",
               text("a directory of {} bytes at byte {} does not fit before its end record", size, offset))
        .fix("download or save the file again");
  if (std::uint64_t{offset} + size != end_at)
    return error_at(name, end_at, "prefix",
                    text("{} bytes stand where the archive should hold none", end_at - offset - size))
        .why("something was put in front of the archive or between its parts")
        .fix("save the model again, or unpack and repack the archive");
  return Directory{offset, size, members};
}

}  // namespace

Error error_at(const std::string& archive, std::uint64_t offset, std::string kind, std::string what) {
  return Error("zip." + kind, std::move(what)).at(text("{}, byte {}", archive, offset));
}

Result<Directory> find_directory(Bytes archive, const std::string& name, Begin begin) {
  const auto starts_with = [&](std::uint32_t magic) {
    return archive.size() >= 4 && load_le<std::uint32_t>(archive.data()) == magic;
  };
  const bool starts = begin == Begin::anywhere || starts_with(kLocal) || starts_with(kEnd);
  const auto end_at = find_end(archive);
  if (!end_at && (!starts || begin == Begin::anywhere))
    return error_at(name, 0, "not-a-zip", "this is no zip archive")
        .fix("check that the file is the right one");
  if (!starts)
    return error_at(name, 0, "prefix", "the archive does not begin at the file's first byte")
        .fix("save the model again, or unpack and repack the archive");
  if (!end_at)
    return error_at(name, archive.size(), "truncated", "the archive ends before its directory")
        .why("the file was cut short while it was copied, downloaded or saved")
        .fix("download or save the file again");
  VIVACE_TRY(const Directory directory, read_end(archive, name, *end_at));
  if (directory.members > ZipFile::kMaxMembers)
    return error_at(name, *end_at, "directory",
                    text("{} members, at most {} are read", directory.members, ZipFile::kMaxMembers));
  return directory;
}

std::uint64_t bytes_before(Bytes file) {
  const auto end_at = find_end(file);
  if (!end_at) return 0;
  const std::byte* end = file.data() + *end_at;
  const std::uint64_t archive =
      std::uint64_t{load_le<std::uint32_t>(end + 12)} + load_le<std::uint32_t>(end + 16);
  return archive < *end_at ? *end_at - archive : 0;
}

}  // namespace vivace::zip
