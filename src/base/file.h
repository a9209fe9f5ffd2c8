// Files: read into memory or mapped, always behind one handle that keeps the bytes alive.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "vivace/result.h"

namespace vivace {

/// A file's bytes. Small files are copied, so nobody can change or truncate them under us; larger ones are
/// mapped read-only. Immutable; share it by shared_ptr, and let views keep that pointer.
class File {
 public:
  static constexpr std::size_t kCopiedBelow = std::size_t{1} << 20;

  /// Errors: file.missing, file.folder, file.unreadable, file.empty. `at` is the path.
  static Result<std::shared_ptr<const File>> open(const std::filesystem::path& path);

  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  Bytes bytes() const { return bytes_; }
  const std::filesystem::path& path() const { return path_; }
  /// As fstat saw it when the file was opened: device, inode, size, mtime, ctime, owner, mode.
  const struct stat& status() const { return status_; }
  /// False where the file's size or times differ from when it was opened: somebody wrote to it.
  bool unchanged() const;

 private:
  File() = default;
  std::filesystem::path path_;
  Bytes bytes_;
  std::unique_ptr<std::byte[]> copy_;
  bool mapped_ = false;
  int descriptor_ = -1;
  struct stat status_ {};
};

}  // namespace vivace
