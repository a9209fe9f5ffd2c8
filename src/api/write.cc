#include "api/write.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace vivace {
namespace {

constexpr int kMostNames = 100;  // tries to find a free name beside the target

Error cannot_write(const std::filesystem::path& path, int code) {
  return Error("file.unwritable", text("cannot write \"{}\"", path.string()))
      .at(path.string())
      .why(std::strerror(code))
      .fix("check the folder's permissions and free space");
}

Status write_all(int file, Bytes bytes, const std::filesystem::path& path) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = ::write(file, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno != EINTR) return cannot_write(path, errno);
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  return {};
}

// Writes the pieces one after another, none beyond the limit on a file's size: the signal that a write beyond
// it raises would end the process.
Status write_pieces(int file, const Producer& produce, const std::filesystem::path& path) {
  rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  rlim_t left = limit.rlim_cur;  // RLIM_INFINITY is the largest number
  return produce([&](Bytes bytes) {
    if (bytes.size() > left) return Status(cannot_write(path, EFBIG));
    left -= bytes.size();
    return write_all(file, bytes, path);
  });
}

Status write_into(const std::filesystem::path& path, const Producer& produce) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return cannot_write(path, errno);
  Status status = produce([&](Bytes bytes) { return write_all(file, bytes, path); });
  if (::close(file) != 0 && status.ok()) status = cannot_write(path, errno);
  return status;
}

}  // namespace

Status write_whole(const std::filesystem::path& path, const Producer& produce, mode_t mode, bool durable) {
  struct stat target {};
  if (::stat(path.c_str(), &target) == 0 && !S_ISREG(target.st_mode) && !S_ISDIR(target.st_mode))
    return write_into(path, produce);
  std::string beside;
  int file = -1;
  for (int name = 0; name < kMostNames && file < 0; ++name) {
    beside = text("{}.{}-{}", path.string(), ::getpid(), name);
    file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0 && errno != EEXIST) break;
  }
  if (file < 0) return cannot_write(path, errno);
  Status status = write_pieces(file, produce, path);
  if (status.ok() && durable && ::fsync(file) != 0) status = cannot_write(path, errno);
  ::close(file);
  if (status.ok() && ::rename(beside.c_str(), path.c_str()) != 0) status = cannot_write(path, errno);
  if (!status.ok()) ::unlink(beside.c_str());
  return status;
}

Status write_whole(const std::filesystem::path& path, Bytes bytes, mode_t mode) {
  return write_whole(
      path, [&](const Sink& sink) { return sink(bytes); }, mode);
}

}  // namespace vivace
