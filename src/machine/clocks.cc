#include "machine/clocks.h"

#include "base/text.h"
#include "machine/fields.h"
#include "machine/small_file.h"

namespace vivace::machine {
namespace {

constexpr std::int64_t kMostProcessors = 4096;
constexpr int kMostNodes = 64;

// "0-3,8": calls take(first, last) for each part.
template <class F>
void each_range(std::string_view list, F take) {
  for (const std::string_view part : split(list, ',')) {
    if (part.empty() || part[0] < '0' || part[0] > '9') continue;
    const std::size_t dash = part.find('-');
    const std::int64_t first = number_at_start(part);
    take(first, dash == std::string_view::npos ? first : number_at_start(part.substr(dash + 1)));
  }
}

// The "cpu MHz" of the processor's own part of /proc/cpuinfo.
std::int64_t told_by_cpuinfo(std::int64_t processor, const std::filesystem::path& root) {
  const std::string words = read_whole(root / "proc/cpuinfo");
  std::int64_t at = -1;
  for (const std::string_view line : split(words, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    if (line.starts_with("processor")) at = number_at_start(line.substr(colon + 1));
    if (at == processor && line.starts_with("cpu MHz")) return number_at_start(line.substr(colon + 1)) * 1000;
  }
  return 0;
}

}  // namespace

Clock read_clock(std::int64_t processor, const std::filesystem::path& root) {
  const std::filesystem::path folder = root / text("sys/devices/system/cpu/cpu{}/cpufreq", processor);
  Clock clock{number_at_start(read_small(folder / "scaling_cur_freq")),
              number_at_start(read_small(folder / "cpuinfo_max_freq"))};
  if (clock.now_khz == 0) clock.now_khz = told_by_cpuinfo(processor, root);
  return clock;
}

std::vector<int> read_nodes(const std::filesystem::path& root) {
  std::vector<int> nodes;
  int found = 0;
  for (int node = 0; node < kMostNodes; ++node) {
    const std::string list = read_small(root / text("sys/devices/system/node/node{}/cpulist", node));
    if (list.empty()) continue;
    ++found;
    each_range(list, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i <= last && i < kMostProcessors; ++i) {
        if (nodes.size() <= static_cast<std::size_t>(i)) nodes.resize(static_cast<std::size_t>(i) + 1, 0);
        nodes[static_cast<std::size_t>(i)] = node;
      }
    });
  }
  if (found < 2) nodes.clear();
  return nodes;
}

std::vector<std::int64_t> pages_by_node(std::string_view numa_maps) {
  std::vector<std::int64_t> pages;
  for (const std::string_view line : split(numa_maps, '\n')) {
    std::int64_t size = 4;  // KB, which the line's end tells
    if (const std::size_t at = line.find("kernelpagesize_kB="); at != std::string_view::npos)
      size = number_at_start(line.substr(at + 18));
    for (const std::string_view word : split(line, ' ')) {  // "N0=123"
      const std::size_t equals = word.find('=');
      if (word.size() < 4 || word[0] != 'N' || word[1] < '0' || word[1] > '9' ||
          equals == std::string_view::npos)
        continue;
      const std::int64_t node = number_at_start(word.substr(1));
      if (node < 0 || node >= kMostNodes) continue;
      if (pages.size() <= static_cast<std::size_t>(node)) pages.resize(static_cast<std::size_t>(node) + 1);
      pages[static_cast<std::size_t>(node)] += number_at_start(word.substr(equals + 1)) * (size / 4);
    }
  }
  return pages;
}

}  // namespace vivace::machine
