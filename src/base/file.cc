#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

Error cannot_open(const std::filesystem::path& path, int code) {
  if (code == ENOENT || code == ENOTDIR)
    return Error("file.missing", text("there is no file \"{}\"", path.string()))
        .at(path.string())
        .fix("check the path; relative paths start at the current folder");
  return Error("file.unreadable", text("cannot read \"{}\"", path.string()))
      .at(path.string())
      .why(std::strerror(code))
      .fix("check the file's permissions");
}

Status read_all(int descriptor, std::byte* into, std::size_t size, const std::filesystem::path& path) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::read(descriptor, into + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_open(path, errno);
    if (got == 0)
      return Error("file.changed", text("\"{}\" became shorter while it was read", path.string()))
          .at(path.string())
          .fix("wait until its writer has finished, then open it again");
    done += static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const File>> File::open(const std::filesystem::path& path) {
  std::shared_ptr<File> file(new File);
  file->path_ = path;
  file->descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->descriptor_ < 0 || ::fstat(file->descriptor_, &file->status_) != 0)
    return cannot_open(path, errno);
  if (S_ISDIR(file->status_.st_mode))
    return Error("file.folder", text("\"{}\" is a folder, a file is needed", path.string()))
        .at(path.string());
  if (!S_ISREG(file->status_.st_mode))
    return Error("file.unreadable", text("\"{}\" is not a regular file", path.string())).at(path.string());
  const auto size = static_cast<std::size_t>(file->status_.st_size);
  if (size == 0)
    return Error("file.empty", text("\"{}\" is empty", path.string()))
        .at(path.string())
        .fix("save or download it again");

  if (size < kCopiedBelow) {
    file->copy_ = std::make_unique_for_overwrite<std::byte[]>(size);
    VIVACE_CHECK_OK(read_all(file->descriptor_, file->copy_.get(), size, path));
    file->bytes_ = {file->copy_.get(), size};
  } else {
    void* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file->descriptor_, 0);
    if (start == MAP_FAILED) return cannot_open(path, errno);
    file->mapped_ = true;
    file->bytes_ = {static_cast<const std::byte*>(start), size};
  }
  return std::shared_ptr<const File>(std::move(file));
}

File::~File() {
  if (mapped_) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool File::unchanged() const {
  struct stat now {};
  return ::fstat(descriptor_, &now) == 0 && now.st_size == status_.st_size &&
         now.st_mtim.tv_sec == status_.st_mtim.tv_sec && now.st_mtim.tv_nsec == status_.st_mtim.tv_nsec &&
         now.st_ctim.tv_sec == status_.st_ctim.tv_sec && now.st_ctim.tv_nsec == status_.st_ctim.tv_nsec;
}

}  // namespace vivace
