#include "machine/small_file.h"

#include <fcntl.h>
#include <unistd.h>

namespace vivace::machine {

std::string read_small(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char buffer[4096];
  const ssize_t size = ::read(file, buffer, sizeof buffer);
  ::close(file);
  return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string();
}

std::string read_whole(const std::filesystem::path& path) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  std::string whole;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return whole;
  char buffer[16384];
  ssize_t size = 0;
  while (whole.size() < kMost && (size = ::read(file, buffer, sizeof buffer)) > 0)
    whole.append(buffer, static_cast<std::size_t>(size));
  ::close(file);
  return whole;
}

}  // namespace vivace::machine
