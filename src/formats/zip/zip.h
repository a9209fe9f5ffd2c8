// Zip archives from untrusted bytes: the .keras and .npz containers.
//
//     VIVACE_TRY(auto zip, ZipFile::open(file->bytes(), file, "model.keras"));
//     VIVACE_TRY(auto config, zip.read("config.json"));      // config.bytes lives as long as config.owner
//
// The central directory is the authority; local headers must agree with it. Stored members are views into the
// archive's own bytes, deflated ones are inflated into memory of exactly the declared size.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "vivace/result.h"

namespace vivace {

namespace zip {
struct Directory;
}

struct ZipMember {
  std::string name;
  std::uint64_t size = 0;             // bytes after inflating
  std::uint64_t compressed_size = 0;  // bytes in the archive
  std::uint64_t header_offset = 0;    // of the local header
  std::uint64_t data_offset = 0;      // of the first byte of data
  std::uint32_t crc32 = 0;
  bool deflated = false;

  bool is_folder() const { return name.back() == '/'; }
};

/// Bytes and what keeps them alive.
struct ZipData {
  Bytes bytes;
  std::shared_ptr<const void> owner;
};

/// Whether a stored member's checksum is computed on reading. Inflated members always are.
enum class ZipVerify { below_64_mb, always };

/// An opened archive. Immutable: may be read from any number of threads at once.
class ZipFile {
 public:
  static constexpr std::size_t kMaxMembers = 1 << 20;

  /// Reads and checks the directory and every local header, not the data. `owner` keeps `archive` alive,
  /// `name` is for messages. Errors: zip.not-a-zip, zip.truncated, zip.directory, zip.split, zip.prefix,
  /// zip.name, zip.duplicate, zip.symlink, zip.encrypted, zip.method, zip.mismatch, zip.overlap, zip.bomb.
  static Result<ZipFile> open(Bytes archive, std::shared_ptr<const void> owner, std::string name);

  /// The archive at the end of a file of another kind, as TensorFlow Lite models carry one: its offsets count
  /// from the file's first byte or from its own. Errors: as above.
  static Result<ZipFile> open_behind(Bytes file, std::shared_ptr<const void> owner, std::string name);

  const std::string& name() const { return name_; }
  /// In the directory's order.
  const std::vector<ZipMember>& members() const { return members_; }
  /// Nothing where there is no such member. Names are compared byte by byte.
  const ZipMember* find(std::string_view member) const;

  /// Requires a member of this archive. Errors: zip.inflate, zip.checksum.
  Result<ZipData> read(const ZipMember& member, ZipVerify verify = ZipVerify::below_64_mb) const;
  /// As above; also zip.missing.
  Result<ZipData> read(std::string_view member, ZipVerify verify = ZipVerify::below_64_mb) const;

 private:
  static Result<ZipFile> open_at(const zip::Directory& directory, Bytes archive,
                                 std::shared_ptr<const void> owner, std::string name);

  Bytes archive_;
  std::shared_ptr<const void> owner_;
  std::string name_;
  std::vector<ZipMember> members_;
  std::vector<std::uint32_t> by_name_;  // indices into members_, sorted by name
};

}  // namespace vivace
