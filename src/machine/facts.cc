#include "machine/facts.h"

#include "base/text.h"
#include "machine/fields.h"
#include "machine/small_file.h"

namespace vivace::machine {
namespace {

constexpr std::int64_t kKb = 1024;
constexpr int kMostListed = 4096;

std::string line_of(const std::filesystem::path& file) {
  std::string words = read_small(file);
  words.resize(std::min(words.find('\n'), words.size()));
  return words;
}

// "always [madvise] never": the chosen word.
std::string chosen(const std::string& words) {
  const std::size_t from = words.find('['), to = words.find(']');
  if (from == std::string::npos || to == std::string::npos || to < from) return words;
  return words.substr(from + 1, to - from - 1);
}

std::string vendor_name(const std::string& vendor) {
  if (vendor == "0x10de") return "NVIDIA";
  if (vendor == "0x1002") return "AMD";
  if (vendor == "0x8086") return "Intel";
  return vendor;
}

// PCI devices of the class 0x03, displays, and 0x12, accelerators.
std::vector<PciDisplay> displays_of(const std::filesystem::path& root) {
  std::vector<PciDisplay> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root / "sys/bus/pci/devices", error)) {
    const std::string kind = line_of(entry.path() / "class");
    if (!kind.starts_with("0x03") && !kind.starts_with("0x12")) continue;
    const std::string vendor = line_of(entry.path() / "vendor"), device = line_of(entry.path() / "device");
    std::error_code none;
    const auto driver = std::filesystem::read_symlink(entry.path() / "driver", none);
    found.push_back({text("{} {}", vendor_name(vendor), device), driver.filename().string()});
    if (found.size() >= 16) break;
  }
  return found;
}

int count_folders(const std::filesystem::path& folder, std::string_view prefix) {
  int count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool numbered = name.size() > prefix.size() && name.starts_with(prefix) &&
                          name[prefix.size()] >= '0' && name[prefix.size()] <= '9';
    if (numbered && ++count >= kMostListed) break;
  }
  return count;
}

}  // namespace

Facts read_facts(const std::filesystem::path& root) {
  Facts facts;
  const std::string processors = read_whole(root / "proc/cpuinfo");
  facts.processor = value_of(processors, "model name");
  const std::string flags(value_of(processors, "flags"));
  if ((" " + flags + " ").find(" hypervisor ") != std::string::npos) {
    facts.hypervisor = line_of(root / "sys/class/dmi/id/sys_vendor");
    if (facts.hypervisor.empty()) facts.hypervisor = "unknown";
  }
  facts.kernel = line_of(root / "proc/sys/kernel/osrelease");
  const std::filesystem::path cpus = root / "sys/devices/system/cpu";
  facts.logical = std::max(1, count_folders(cpus, "cpu"));
  facts.governor = line_of(cpus / "cpu0/cpufreq/scaling_governor");
  facts.huge_pages = chosen(line_of(root / "sys/kernel/mm/transparent_hugepage/enabled"));
  facts.numa_nodes = std::max(1, count_folders(root / "sys/devices/system/node", "node"));
  for (int cpu = 0; cpu < facts.logical; ++cpu)
    facts.heat_events +=
        number_at_start(read_small(cpus / text("cpu{}/thermal_throttle/core_throttle_count", cpu)));
  const std::string memory = read_whole(root / "proc/meminfo");
  facts.memory = field(memory, "MemTotal:") * kKb;
  facts.available = field(memory, "MemAvailable:") * kKb;
  facts.swap = field(memory, "SwapTotal:") * kKb;
  facts.displays = displays_of(root);
  return facts;
}

}  // namespace vivace::machine
