#include "api/cache.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "api/write.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

// git's rule for racy timestamps: a file changed this short a time ago may change again without its times
// showing it, so it is not cached yet. Two seconds cover the coarsest file systems.
constexpr std::time_t kRacySeconds = 2;

std::filesystem::path cache_folder(const Options& options) {
  if (!options.cache_folder.empty()) return options.cache_folder;
  if (const char* const xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg == '/')
    return std::filesystem::path(xdg) / "vivace";
  if (const char* const home = std::getenv("HOME"); home && *home == '/')
    return std::filesystem::path(home) / ".cache" / "vivace";
  return {};
}

bool switched_off(const Options& options) {
  const char* const setting = std::getenv("VIVACE_CACHE");
  return !options.cache ||
         (setting && (std::string_view(setting) == "off" || std::string_view(setting) == "0"));
}

std::string times_of(const struct stat& s) {
  return text("{}:{}:{}:{}.{}:{}.{}\n", s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec,
              s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
}

// Which build of the engine this is: the file that holds this very function (a shared library, else the
// program), so that a development build never believes what another one prepared.
std::string engine_build() {
  Dl_info module{};
  struct stat s {};
  const bool found = ::dladdr(reinterpret_cast<const void*>(&times_of), &module) != 0 && module.dli_fname &&
                     ::stat(module.dli_fname, &s) == 0;
  if (!found && ::stat("/proc/self/exe", &s) != 0) return "unknown build\n";
  return times_of(s);
}

// Which run of the system this is. The cache's files are not synced, which would take seconds for large
// models: after a power failure one might hold anything, so each is good until the next boot only.
std::optional<std::string> this_boot() {
  char id[64];
  const int file = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  const ssize_t size = file < 0 ? -1 : ::read(file, id, sizeof id);
  if (file >= 0) ::close(file);
  if (size <= 0) return std::nullopt;
  return std::string(id, static_cast<std::size_t>(size));
}

std::optional<std::string> fingerprint(const std::filesystem::path& file) {
  struct stat s {};
  if (::stat(file.c_str(), &s) != 0) return std::nullopt;
  const std::time_t now = std::time(nullptr);
  if (now - s.st_mtim.tv_sec < kRacySeconds || now - s.st_ctim.tv_sec < kRacySeconds) return std::nullopt;
  return times_of(s);
}

// A folder, not a link to one, that is ours and that nobody else can write into.
bool ours_alone(const std::filesystem::path& folder) {
  struct stat s {};
  return ::lstat(folder.c_str(), &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == ::geteuid() &&
         (s.st_mode & 022) == 0;
}

// Made 0700 if it is missing; refused where others could write into it.
bool private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
  return ours_alone(folder);
}

constexpr std::time_t kAbandonedSeconds = 3600;

struct Found {
  std::filesystem::path path;
  std::uintmax_t bytes;
  std::time_t used;
};

// What lies in the folder. A half-written file (NAME.viv.SOMETHING) whose writer was killed is removed:
// nobody writes for an hour.
std::vector<Found> entries_of(const std::filesystem::path& folder) {
  std::vector<Found> entries;
  const std::time_t now = std::time(nullptr);
  std::error_code error;
  for (const auto& item : std::filesystem::directory_iterator(folder, error)) {
    const std::filesystem::path& path = item.path();
    struct stat s {};
    if (::lstat(path.c_str(), &s) != 0) continue;
    if (path.extension() == ".viv")
      entries.push_back({path, static_cast<std::uintmax_t>(s.st_size), s.st_mtim.tv_sec});
    else if (path.stem().extension() == ".viv" && now - s.st_mtim.tv_sec > kAbandonedSeconds)
      std::filesystem::remove(path, error);
  }
  return entries;
}

void drop_oldest(const std::filesystem::path& folder) {
  std::vector<Found> entries = entries_of(folder);
  std::uintmax_t total = 0;
  for (const Found& entry : entries) total += entry.bytes;
  if (total <= kCacheBytes && entries.size() <= kCacheEntries) return;
  std::ranges::sort(entries, {}, &Found::used);
  std::size_t count = entries.size();
  std::error_code error;
  for (const Found& entry : entries) {
    if (total <= kCacheBytes && count <= kCacheEntries) return;
    if (!std::filesystem::remove(entry.path, error)) continue;
    total -= entry.bytes;
    --count;
  }
}

}  // namespace

std::optional<CacheEntry> cache_entry(const std::vector<std::filesystem::path>& files,
                                      const Options& options) {
  const std::filesystem::path folder = cache_folder(options);
  if (switched_off(options) || folder.empty()) return std::nullopt;
  struct stat s {};
  if (::lstat(folder.c_str(), &s) == 0 && !ours_alone(folder)) return std::nullopt;
  const auto boot = this_boot();
  if (!boot) return std::nullopt;
  std::string key = text("vivace {}\n", version()) + engine_build() + *boot;
  std::string name;
  for (const std::filesystem::path& file : files) {
    const auto print = fingerprint(file);
    if (!print) return std::nullopt;
    key += *print;
    name += std::filesystem::absolute(file).string() + "\n";
  }
  std::string settings = options.strict ? "strict\n" : "";
  if (options.small) settings += "small\n";
  for (const std::string& pass : options.without_passes) settings += "without " + pass + "\n";
  for (const auto& [layer, function] : options.lambdas)
    settings += text("lambda {} {}{}\n", layer.size(), layer, function);
  if (options.dynamic_range_float) settings += "dynamic range float\n";
  if (options.xnnpack_rounding) settings += "rounding xnnpack\n";
  for (const auto& [input, sizes] : options.input_sizes)
    settings += text("sizes {} {}{}\n", input.size(), input, to_text(sizes));
  if (!options.signature.empty())
    settings += text("signature {} {}\n", options.signature.size(), options.signature);
  const std::uint64_t hash = hash_bytes(as_bytes(name + settings));
  return CacheEntry{folder / text("{:016x}.viv", hash), key + settings};
}

std::optional<std::filesystem::path> cache_place(std::string_view name, const Options& options) {
  const std::filesystem::path folder = cache_folder(options);
  const auto boot = this_boot();
  if (switched_off(options) || folder.empty() || !boot || !private_folder(folder)) return std::nullopt;
  const std::string key = text("vivace {}\n", version()) + engine_build() + *boot;
  return folder / text("{}{:016x}", name, hash_bytes(as_bytes(key)));
}

bool trusted(const std::filesystem::path& file) {
  struct stat s {};
  return ::lstat(file.c_str(), &s) == 0 && S_ISREG(s.st_mode) && s.st_uid == ::geteuid() &&
         (s.st_mode & 022) == 0;
}

bool publish(const CacheEntry& entry, std::size_t bytes, const Producer& produce) {
  if (bytes > kCacheBytes / 2 || !private_folder(entry.file.parent_path())) return false;
  if (!write_whole(entry.file, produce, 0600, false).ok()) return false;
  drop_oldest(entry.file.parent_path());
  return true;
}

}  // namespace vivace
