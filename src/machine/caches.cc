#include "machine/caches.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"
#include "machine/small_file.h"

namespace vivace::machine {
namespace {

constexpr int kMostCaches = 16;
constexpr std::size_t kLargest = std::size_t{1} << 40;

// "2048K", "105M" or "512" as bytes; 0 where it is none of these.
std::size_t size_of(const std::string& words) {
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(words.data(), words.data() + words.size(), number);
  if (code != std::errc() || number > kLargest) return 0;
  const std::size_t unit = *end == 'K' ? 1u << 10 : *end == 'M' ? 1u << 20 : *end == 'G' ? 1u << 30 : 1;
  return std::min(number * unit, kLargest);
}

}  // namespace

std::vector<Cache> read_caches(const std::filesystem::path& root) {
  std::vector<Cache> caches;
  for (int index = 0; index < kMostCaches; ++index) {
    const std::filesystem::path folder = root / text("sys/devices/system/cpu/cpu0/cache/index{}", index);
    const std::string type = read_small(folder / "type"), level = read_small(folder / "level");
    const std::size_t bytes = size_of(read_small(folder / "size"));
    if (type.empty() || type.starts_with("Instruction") || bytes == 0) continue;
    int number = 0;
    std::from_chars(level.data(), level.data() + level.size(), number);
    if (number > 0) caches.push_back({number, bytes});
  }
  std::ranges::sort(caches, {}, &Cache::level);
  return caches;
}

}  // namespace vivace::machine
